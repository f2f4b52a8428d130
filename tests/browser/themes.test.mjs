// The themes in a real browser: the manual, built in the theme for manuals, and books with other fonts and colours.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { launch, open as openAt, serve } from "./browse.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const program = path.join(root, "target/debug/throughline");
const kinds = ["/", "/essays/", "/essays/writing/", "/essays/settings/", "/concepts/", "/concepts/theme/", "/series/the-manual/", "/about/", "/404.html"];
let browser, folder, server, base;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "throughline-themes-"));
  execFileSync(program, ["-C", path.join(root, "docs"), "build", "--quiet", "--deny", "warnings", "--base-url", "https://throughline.example/", "--out", path.join(folder, "manual")]);
  ({ server, base } = await serve(path.join(folder, "manual")));
  browser = await launch();
});
after(async () => { await browser?.close(); server?.close(); rmSync(folder, { recursive: true, force: true }); });

const open = (address, options, work) => openAt({ browser, base }, address, options, work);

// Builds the book of this repository with a theme table and hands on a page of its first essay, with what was asked for.
async function withTheme(theme, options, work) {
  const book = mkdtempSync(path.join(folder, "book-"));
  cpSync(path.join(root, "content"), path.join(book, "content"), { recursive: true });
  mkdirSync(book, { recursive: true });
  writeFileSync(path.join(book, "book.toml"), `title = "T"\nauthor = "A"\n[theme]\n${theme}\n[replies]\nremoval = "https://example.org/"\n`);
  execFileSync(program, ["-C", book, "build", "--quiet"]);
  const requests = [];
  const served = await serve(path.join(book, "public"), requests);
  try {
    await openAt({ browser, base: served.base }, "/essays/trust-arrives-on-foot/", options, (page, problems) => work(page, requests, problems));
  } finally { served.server.close(); }
}

// Characters in the full lines of the text.
const lineLength = (page) => page.evaluate(() => {
  const full = [];
  for (const paragraph of document.querySelectorAll(".prose > p")) {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), range = document.createRange(), lines = new Map();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest(".ref")) continue;
      for (const word of node.data.matchAll(/\S+\s*/g)) {
        range.setStart(node, word.index); range.setEnd(node, word.index + 1);
        const top = Math.round(range.getBoundingClientRect().bottom / 8);
        lines.set(top, (lines.get(top) ?? 0) + word[0].length);
      }
    }
    full.push(...[...lines.entries()].sort((a, b) => a[0] - b[0]).slice(0, -1).map((line) => line[1]));
  }
  return full.reduce((sum, length) => sum + length, 0) / full.length;
});

test("a manual loads without an error, and no page of it scrolls sideways", async () => {
  for (const address of kinds) for (const [width, colorScheme] of [[320, "light"], [360, "dark"], [768, "light"], [1280, "dark"]]) {
    await open(address, { viewport: { width, height: 800 }, colorScheme }, async (page, problems) => {
      assert.deepEqual(problems.filter((problem) => !problem.includes("404")), [], address);
      assert.equal(await page.locator("h1").count(), 1, address);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${address} at ${width}: ${over}`);
    });
  }
});

test("the chapters stand beside the text without a script, and above it in a fold on a phone", async () => {
  for (const javaScriptEnabled of [true, false]) {
    await open("/essays/writing/", { viewport: { width: 1280, height: 900 }, javaScriptEnabled }, async (page) => {
      const side = page.getByRole("navigation", { name: "Chapters" });
      assert.equal(await side.getByRole("link", { name: "Replies", exact: true }).isVisible(), true);
      assert.equal(await page.locator(".side summary").isVisible(), false);
      const here = side.locator("[aria-current=page]");
      assert.deepEqual([await here.count(), await here.textContent()], [1, "Writing"]);
      assert.equal(await here.locator("xpath=..").getByRole("link", { name: "Front matter" }).isVisible(), true);
      const [list, text] = [await side.boundingBox(), await page.locator("h1").boundingBox()];
      assert.ok(list.x + list.width <= text.x && Math.abs(list.y - text.y) < 120, JSON.stringify([list, text]));
    });
    await open("/essays/writing/", { viewport: { width: 360, height: 800 }, javaScriptEnabled }, async (page) => {
      const link = page.locator(".side").getByRole("link", { name: "Replies", exact: true });
      assert.equal(await link.isVisible(), false);
      await page.locator(".side summary").click();
      assert.equal(await link.isVisible(), true);
      assert.ok((await link.boundingBox()).y < (await page.locator("h1").boundingBox()).y);
    });
  }
});

test("the list of chapters stays in view while a long chapter is read", async () => {
  await open("/essays/themes/", { viewport: { width: 1280, height: 700 } }, async (page) => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
    const top = await page.locator(".side details").evaluate((side) => side.getBoundingClientRect().top);
    assert.ok(Math.abs(top) < 1, `${top}`);
  });
});

test("the way goes from chapter to chapter at the foot of each", async () => {
  await open("/essays/writing/", {}, async (page) => {
    const next = page.locator("a[rel=next]");
    const [address, name] = [await next.getAttribute("href"), (await next.textContent()).replace(/^\s*Next\s*/, "").trim()];
    await next.click();
    await page.waitForURL(new URL(address, base + "/essays/writing/").href);
    assert.equal(await page.locator("h1").textContent(), name);
    assert.ok((await page.locator("a[rel=prev]").textContent()).includes("Writing"));
  });
});

test("every control of a manual has a ring of 3 pixels and is large enough to hit", async () => {
  for (const width of [360, 1280]) for (const address of kinds) {
    await open(address, { viewport: { width, height: 800 } }, async (page) => {
      if (width === 360 && await page.locator(".side summary").count()) await page.locator(".side summary").click();
      const seen = await page.evaluate(() => document.querySelectorAll("a[href], button, summary, [tabindex]").length);
      const bad = [];
      for (let stop = 0; stop < Math.min(seen, 60); stop++) {
        await page.keyboard.press("Tab");
        const found = await page.evaluate(() => {
          const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
          const isInText = !!element.closest(".prose, .notes, .dek, dd, figcaption, blockquote, .meta, svg, .kicker");
          return { what: element.outerHTML.slice(0, 90), ring: parseFloat(style.outlineWidth), width: box.width, height: box.height, isInText };
        });
        if (found.ring < 3 || (!found.isInText && (found.width < 23.9 || found.height < 23.9))) bad.push(found);
      }
      assert.deepEqual(bad, [], `${address} at ${width}`);
    });
  }
});

test("every word of a manual can be read in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"]) for (const address of kinds) {
    await open(address, { colorScheme }, async (page) => {
      const bad = await page.evaluate(() => {
        const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const parts = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
        const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((c) => { const d = c / 255; return d <= 0.04045 ? d / 12.92 : ((d + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
        const found = new Set();
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const element = node.parentElement;
          if (!node.data.trim() || element.closest("script, svg") || !element.checkVisibility()) continue;
          let below = element;
          while (below && parts(getComputedStyle(below).backgroundColor)[3] < 255) below = below.parentElement;
          const paper = parts(getComputedStyle(below ?? document.documentElement).backgroundColor), ink = parts(getComputedStyle(element).color);
          const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
          if (ratio < 4.5) found.add(`${element.tagName} ${element.className} ${ratio.toFixed(2)}: ${node.data.trim().slice(0, 30)}`);
        }
        return [...found];
      });
      assert.deepEqual(bad, [], `${address}, ${colorScheme}`);
    });
  }
});

test("with the reader's own face no font is asked for", async () => {
  await withTheme('font = "system"', {}, async (page, requests, problems) => {
    await page.evaluate(() => document.fonts.ready);
    assert.deepEqual(problems, []);
    assert.deepEqual(requests.filter((request) => request.includes("woff")), []);
    assert.equal(await page.evaluate(() => [...document.fonts].length), 0);
  });
});

test("Atkinson Hyperlegible is fetched once, and its lines hold 60 to 72 characters", async () => {
  for (const [width, low, high] of [[768, 60, 72], [1280, 60, 72], [360, 32, 48]]) {
    await withTheme('font = "atkinson"', { viewport: { width, height: 900 } }, async (page, requests, problems) => {
      await page.evaluate(() => document.fonts.ready);
      assert.deepEqual(problems, []);
      assert.equal(requests.filter((request) => request.includes("atkinson-roman")).length, 1);
      assert.deepEqual(requests.filter((request) => request.includes("literata")), []);
      const mean = await lineLength(page);
      assert.ok(mean >= low && mean <= high, `${mean} at ${width}`);
    });
  }
});

test("an accent colours links on light paper, and its lighter form on dark", async () => {
  for (const [colorScheme, is] of [["light", (colour) => colour === "rgb(91, 14, 229)"], ["dark", (colour) => colour !== "rgb(91, 14, 229)" && colour !== "rgb(240, 162, 124)"]]) {
    await withTheme('accent = "#5b0ee5"', { colorScheme }, async (page) => {
      const colour = await page.$eval(".prose a, .terms a", (link) => getComputedStyle(link).color);
      assert.ok(is(colour), `${colour} in ${colorScheme}`);
    });
  }
});

test("axe finds nothing on any page of a manual, in light and dark, on a phone and on a desktop", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const bad = [];
  for (const address of [...kinds, "/print/"]) await open(address, { bypassCSP: true }, async (page) => {
    await page.evaluate(axe);
    for (const width of [360, 1280]) for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }));
      bad.push(...violations.map(({ id, nodes }) => `${address}, ${width}, ${colorScheme}: ${id}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 120)).join(" ")}`));
    }
  });
  assert.deepEqual(bad, []);
});
