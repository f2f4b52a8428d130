// The feeds of the built book of this repository, opened in a real browser. One test, one behaviour that readers see.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { launch, open as openAt, serve } from "./browse.mjs";

const site = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../public");
const FEEDS = ["/feed.xml", "/rss.xml", "/replies/feed.xml", "/concepts/trust/feed.xml"];
let browser, server, base;

before(async () => {
  assert.ok(existsSync(path.join(site, "feed.xml")), "build the book first");
  ({ server, base } = await serve(site));
  browser = await launch();
});
after(async () => { await browser?.close(); server?.close(); });

const open = (address, options, work) => openAt({ browser, base }, address, options, work);

// What is shown of the elements of a name: their words and their place.
const shown = (page, name) => page.evaluate((name) => [...document.getElementsByTagName(name)].map((element) => {
  const { width, height } = element.getBoundingClientRect();
  return { text: element.textContent, width, height };
}).filter(({ width, height }) => width > 0 && height > 0), name);

test("a feed shows titles and first words, says what it is, and hides what programs read", async () => {
  for (const address of FEEDS) for (const width of [360, 1280]) {
    await open(address, { viewport: { width, height: 800 } }, async (page, problems) => {
      const root = address.includes("rss") ? "rss" : "feed";
      const said = await page.evaluate(() => getComputedStyle(document.documentElement, "::before").content);
      assert.match(said, /This is a feed/, address);
      const titles = await shown(page, "title");
      assert.ok(titles.length > 1 && titles.every(({ height }) => height > 20), `${address}: ${JSON.stringify(titles)}`);
      assert.ok((await shown(page, root === "rss" ? "description" : "summary")).length > 0, address);
      for (const hidden of ["content", "content:encoded", "id", "guid", "updated", "category", "name"]) {
        assert.deepEqual(await shown(page, hidden), [], `${hidden} in ${address}`);
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${address} at ${width}: ${over}`);
      // Browsers look for an icon of their own accord where a document names none.
      assert.deepEqual(problems.filter((problem) => problem.startsWith("request")), []);
    });
  }
});

test("the first words of an essay in Atom lead to it", async () => {
  await open("/feed.xml", {}, async (page) => {
    const links = await page.evaluate(() => [...document.querySelectorAll("entry summary a")].map((link) => link.href));
    assert.ok(links.length > 1);
    for (const link of links) assert.ok(existsSync(path.join(site, new URL(link).pathname, "index.html")), link);
  });
});

test("a feed is light by day and dark by night", async () => {
  const papers = [];
  for (const colorScheme of ["light", "dark"]) {
    await open("/feed.xml", { colorScheme }, async (page) => {
      papers.push(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
    });
  }
  assert.deepEqual(papers, ["rgb(252, 251, 248)", "rgb(25, 24, 22)"]);
});
