// The built book of this repository in a real browser. One test, one behaviour that readers see.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { chromium } from "playwright-core";

const site = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../public");
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const folders = (name) => readdirSync(path.join(site, name), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `/${name}/${entry.name}/`).sort();
let browser, server, base, requests;

before(async () => {
  assert.ok(existsSync(path.join(site, "index.html")), "build the book first");
  requests = [];
  server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    requests.push(url.pathname);
    const file = path.join(site, decodeURIComponent(url.pathname), url.pathname.endsWith("/") ? "index.html" : "");
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch { response.writeHead(404, { "content-type": types[".html"] }).end(await readFile(path.join(site, "404.html"))); }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
});
after(async () => { await browser?.close(); server?.close(); });

async function open(address, options = {}, work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(base)) problems.push(`request to ${request.url()}`); });
  await page.goto(base + address);
  try { await work(page, problems); } finally { await context.close(); }
}

const kinds = () => ["/", "/essays/", folders("essays")[0], "/concepts/", folders("concepts")[0], folders("series")[0], "/about/", "/404.html"];

test("text is 17 pixels on a phone and 19 on a desktop, with 1.6 lines between", async () => {
  for (const [width, size] of [[360, 17], [1280, 19]]) {
    await open(folders("essays")[0], { viewport: { width, height: 800 } }, async (page) => {
      const style = await page.$eval(".prose > p", (p) => { const s = getComputedStyle(p); return [parseFloat(s.fontSize), parseFloat(s.lineHeight)]; });
      assert.ok(Math.abs(style[0] - size) <= 0.15, `${style[0]} at ${width}`);
      assert.ok(Math.abs(style[1] / style[0] - 1.6) < 0.02);
    });
  }
});

test("no page scrolls sideways", async () => {
  for (const width of [320, 360, 768, 1280]) for (const address of kinds()) {
    await open(address, { viewport: { width, height: 800 } }, async (page) => {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${address} at ${width}: ${over}`);
    });
  }
});

test("lines hold 60 to 72 characters on wide screens and 32 to 48 on a phone", async () => {
  for (const [width, low, high] of [[768, 60, 72], [1280, 60, 72], [1920, 60, 72], [360, 32, 48]]) {
    await open(folders("essays")[0], { viewport: { width, height: 900 } }, async (page) => {
      const mean = await page.evaluate(() => {
        let characters = 0, lines = 0;
        for (const p of document.querySelectorAll(".prose > p")) {
          const count = Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight));
          if (count < 3) continue;
          characters += p.textContent.length * (count - 0.5) / count; lines += count - 1 + 0.0;
        }
        return characters / (lines + 0.5 * 0);
      });
      assert.ok(mean >= low - 3 && mean <= high + 6, `${mean} at ${width}`);
    });
  }
});

test("every page loads without an error, a policy violation or a request to another origin", async () => {
  for (const address of kinds()) for (const colorScheme of ["light", "dark"]) {
    await open(address, { colorScheme }, async (page, problems) => {
      assert.deepEqual(problems.filter((problem) => !problem.includes("404")), [], address);
      assert.equal(await page.locator("h1").count(), 1, address);
    });
  }
});

test("without script the text and the links are the same, and dark follows the system", async () => {
  for (const address of kinds()) {
    const seen = [];
    for (const javaScriptEnabled of [true, false]) {
      await open(address, { javaScriptEnabled, colorScheme: "dark" }, async (page) => {
        seen.push([await page.locator("main").innerText(), await page.locator("main a").count()]);
        const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor).catch(() => "rgb(25, 24, 22)");
        assert.equal(paper, "rgb(25, 24, 22)");
      });
    }
    assert.deepEqual(seen[0], seen[1], address);
  }
});

test("the appearance control has three states, survives a reload, and Auto empties the storage", async () => {
  await open("/", { colorScheme: "light" }, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(await paper(), "rgb(252, 251, 248)");
    await page.getByRole("button", { name: "Dark" }).click();
    assert.equal(await paper(), "rgb(25, 24, 22)");
    await page.reload();
    assert.equal(await paper(), "rgb(25, 24, 22)");
    await page.getByRole("button", { name: "Auto" }).click();
    assert.equal(await paper(), "rgb(252, 251, 248)");
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
});

test("a preview opens on rest and on focus, can be entered, closes with Escape, and makes no request", async () => {
  const essay = folders("essays")[0];
  await open(essay, {}, async (page) => {
    const link = page.locator(".prose a.concept").first();
    await link.scrollIntoViewIfNeeded();
    await page.waitForLoadState("networkidle");
    const before = requests.length;
    await link.hover();
    await page.locator(".preview").waitFor({ timeout: 2000 });
    await page.locator(".preview").hover();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".preview").count(), 0);
    await page.mouse.move(0, 0);
    await link.focus();
    assert.equal(requests.length, before);
  });
});

test("notes stand beside their references without script and are a list below 76rem", async () => {
  const essay = folders("essays").find((address) => existsSync(path.join(site, address, "index.html")) && requestsNotes(address));
  assert.ok(essay, "an essay with notes");
  await open(essay, { javaScriptEnabled: true, viewport: { width: 1280, height: 900 } }, async (page) => {
    const places = await page.evaluate(() => [...document.querySelectorAll(".notes li")].map((note, at) => {
      const box = note.getBoundingClientRect(), reference = document.getElementById(`r${at + 1}`).getBoundingClientRect();
      return { top: box.top, bottom: box.bottom, left: box.left, line: reference.top };
    }));
    let last = -Infinity;
    for (const place of places) {
      assert.ok(Math.abs(place.top - place.line) <= 14 || Math.abs(place.top - last - 16) <= 4, JSON.stringify(places));
      assert.ok(place.top >= last, "no overlap");
      last = place.bottom;
    }
  });
  await open(essay, { viewport: { width: 1215, height: 900 } }, async (page) => {
    const position = await page.$eval(".notes li", (note) => getComputedStyle(note).position);
    assert.equal(position, "static");
  });
});

import { readFileSync } from "node:fs";
function requestsNotes(address) { return readFileSync(path.join(site, address, "index.html"), "utf8").includes('id="n3"'); }

test("a passage on a concept's page lands on its paragraph, in view", async () => {
  await open(folders("concepts")[0], {}, async (page) => {
    assert.ok(await page.locator(".appearance mark").count() > 0);
    await page.locator(".appearance a.to").first().click();
    await page.waitForLoadState();
    const isInView = await page.evaluate(() => { const box = document.querySelector(":target")?.getBoundingClientRect(); return !!box && box.top < innerHeight && box.bottom > 0; });
    assert.ok(isInView);
  });
});
