// Addresses: books at the root of a server, under a path, and on the disk; and what a reader sees where nothing stands.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { launch, serve } from "./browse.mjs";
import { built, everything, files, root } from "./book.mjs";

const site = path.join(root, "public"), mount = "/sub/path/";
let browser, below, plain, servers, requests;

before(async () => {
  below = built(everything);
  plain = built({ ...everything, "book.toml": 'title = "All hands"\n' });
  requests = [];
  servers = {
    own: await serve(site, requests),
    below: await serve(path.join(below, "public"), [], { mount }),
    plain: await serve(path.join(plain, "public")),
  };
  browser = await launch();
});
after(async () => {
  await browser?.close();
  Object.values(servers ?? {}).forEach(({ server }) => server.close());
  for (const book of [below, plain]) if (book) rmSync(book, { recursive: true });
});

// Every address that a page or a style sheet names, as the browser would ask for it.
function named(text, file, from) {
  const written = file.endsWith(".css") ? [...text.matchAll(/url\("?([^")]+)"?\)/g)] : [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)];
  return written.map((found) => new URL(found[1].replaceAll("&amp;", "&"), from));
}

for (const [name, folder, start, address] of [
  ["under a path", () => path.join(below, "public"), mount, "https://x.example/sub/path/"],
  ["at the root of a server", () => path.join(plain, "public"), "/", null],
]) test(`every link and every file of a book ${name} is there`, async () => {
  const { base } = servers[address ? "below" : "plain"];
  const seen = new Map();
  for (const file of files(folder(), "").filter((name) => /\.(html|css)$/.test(name))) {
    const text = readFileSync(path.join(folder(), file), "utf8");
    for (const url of named(text, file, base + start + file.replace(/(^|\/)index\.html$/, "$1"))) {
      // The canonical address is the same page on the server where it will stand.
      const here = address && url.href.startsWith(address) ? new URL(base + start + url.href.slice(address.length)) : url;
      if (here.origin !== base) continue;
      assert.ok(here.pathname.startsWith(start), `${file} leaves the book: ${url}`);
      const place = decodeURIComponent(here.hash.slice(1));
      const key = here.origin + here.pathname;
      if (!seen.has(key)) { const answer = await fetch(key); seen.set(key, { status: answer.status, text: await answer.text() }); }
      assert.equal(seen.get(key).status, 200, `${file} names ${url}`);
      if (place) assert.ok(seen.get(key).text.includes(` id="${place}"`), `${file} names ${url}`);
    }
  }
  assert.ok(seen.size > 15, `${seen.size} addresses`);
});

test("the page for wrong addresses works at any depth, under a path too", async () => {
  for (const [base, start] of [[servers.below.base, mount], [servers.plain.base, "/"]]) for (const wrong of ["kee1", "essays/keal/", "a/b/c/d/the-keel-below/index.html"]) {
    const page = await browser.newPage({ colorScheme: "light" });
    const answer = await page.goto(base + start + wrong);
    assert.equal(answer.status(), 404);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(252, 251, 248)", "the style is there");
    assert.equal(await page.locator(".appearance button").count(), 3, "the script is there");
    assert.equal(await page.locator("#nearest a").first().textContent(), "The keel below", wrong);
    await page.locator("#nearest a").first().click();
    await page.waitForURL(`${base}${start}essays/keel/`);
    assert.equal(await page.locator("h1").textContent(), "The keel below");
    await page.close();
  }
});

test("a slip in an address leads to the nearest titles, five at most, without a request", async () => {
  const page = await browser.newPage();
  const nearest = async (wrong) => {
    await page.goto(servers.own.base + wrong);
    return page.locator("#nearest li").allTextContents();
  };
  for (const [wrong, title] of [
    ["/essays/trust-arives-on-foot/", "Trust Arrives on Foot"],
    ["/Essays/The-First-No/", "The First No"],
    ["/essays/the-first-no", "The First No"],
    ["/essays/the-first-no.html", "The First No"],
    ["/essays/the-first-no/index.php", "The First No"],
    ["/2019/03/in-defence-of-management/", "In Defence of Management"],
    ["/blog/management-in-defence.html", "In Defence of Management"],
    ["/silence-question", "The Silence After a Question"],
    ["/concept/truts/", "trust"],
    ["/series/standing-a-wacht/", "Standing a Watch"],
    ["/abuot/", "About"],
    ["/essays/%74he-first-n%C3%B3/", "The First No"],
  ]) {
    const found = await nearest(wrong);
    assert.equal(found[0], title, `${wrong}: ${found}`);
    assert.ok(found.length <= 5, `${wrong}: ${found}`);
    assert.equal(new Set(found).size, found.length, `${wrong}: ${found}`);
  }
  for (const wrong of ["/xyzzy/", "/%E0%A4%A", "/wp-login.php", "/404.html"]) assert.deepEqual(await nearest(wrong), [], wrong);
  await page.goto(`${servers.own.base}/essays/the-first-n/`);
  await page.waitForLoadState("networkidle");
  const asked = requests.slice(requests.lastIndexOf("/essays/the-first-n/") + 1);
  assert.deepEqual(asked.filter((name) => !name.startsWith("/assets/")), [], "only files of the theme");
  await page.close();
});

test("the nearest titles stand above the lists and are announced", async () => {
  const page = await browser.newPage();
  await page.goto(`${servers.own.base}/essays/the-first-n/`);
  const place = await page.locator("#nearest").evaluate((region) => ({ role: region.getAttribute("role"), isFirst: !!(region.compareDocumentPosition(document.querySelector("main section")) & Node.DOCUMENT_POSITION_FOLLOWING), heading: region.querySelector("h2").textContent }));
  assert.deepEqual(place, { role: "status", isFirst: true, heading: "Perhaps you want" });
  // A region is announced when it changes: it is there, and empty, before the script runs.
  assert.match(readFileSync(path.join(site, "404.html"), "utf8"), /<div id="nearest" role="status"><\/div>/);
  await page.close();
});

test("without script a wrong address shows everything that stands at another", async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(`${servers.own.base}/essays/the-first-n/`);
  const at = await page.locator("main section li a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname.slice(1) + "index.html").sort());
  // Redirects are no pages of their own, and the lists name what is in them.
  const isPage = (file) => !/^(|essays\/|concepts\/)index\.html$/.test(file) && !readFileSync(path.join(site, file), "utf8").includes('http-equiv="refresh"');
  assert.deepEqual(at, files(site, "index.html").filter(isPage));
  assert.equal(await page.locator("#nearest > *").count(), 0);
  await page.close();
});

test("a book without an address is read from the disk, in its own letters", async () => {
  const page = await browser.newPage({ colorScheme: "light", viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(path.join(plain, "public/index.html")).href);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(252, 251, 248)");
  await page.evaluate(() => document.fonts.ready);
  assert.ok(await page.evaluate(() => [...document.fonts].some((face) => face.family === "Literata" && face.status === "loaded")), "the font is there");
  await page.locator("main a", { hasText: "The keel below" }).first().click();
  await page.waitForURL("**/essays/keel/index.html");
  assert.equal(await page.locator("h1").textContent(), "The keel below");
  await page.locator(".prose a", { hasText: "The rudder behind" }).first().click();
  await page.waitForURL("**/essays/rudder/index.html");
  await page.goto(pathToFileURL(path.join(plain, "public/print/index.html")).href);
  await page.locator(".toc a", { hasText: "The rudder behind" }).click();
  assert.equal(await page.evaluate(() => document.querySelector(":target")?.id), "essays-rudder");
  await page.close();
});
