// What the browser tests share: the built files of a book behind a server of this machine, and pages of them in Chromium.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

export const types = { ".html": "text/html; charset=utf-8", ".xml": "application/xml; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

// Serves a folder under a path; `requests` takes the path of every file that a page asks for, `headers` go with every answer.
export async function serve(site, requests = [], { mount = "/", headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    // What the browser fetches ahead by the speculation rules is no request of a page.
    if (!request.headers["sec-purpose"]) requests.push(url.pathname);
    const isBelow = url.pathname.startsWith(mount);
    try {
      const file = path.join(site, isBelow ? decodeURIComponent(url.pathname.slice(mount.length)) : "\0", url.pathname.endsWith("/") ? "index.html" : "");
      const bytes = await readFile(file);
      response.writeHead(200, { ...headers, "content-type": types[path.extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      if (!isBelow) return response.writeHead(404).end();
      response.writeHead(404, { ...headers, "content-type": types[".html"] }).end(await readFile(path.join(site, "404.html")));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, base: `http://127.0.0.1:${server.address().port}` };
}

export function launch(options = {}) {
  return chromium.launch({ ...options, executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
}

// Opens an address of the site in a context of its own and hands the page on, with the list of everything that goes wrong on it.
export async function open({ browser, base }, address, options, work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(base)) problems.push(`request to ${request.url()}`); });
  await page.goto(base + address);
  try { await work(page, problems); } finally { await context.close(); }
}
