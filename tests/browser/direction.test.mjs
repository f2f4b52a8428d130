// Pages that run from right to left, in both themes, and words of the other direction on them.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { built, files } from "./book.mjs";
import { launch, open as openAt, serve } from "./browse.mjs";

const title = "\u{627}\u{644}\u{62b}\u{642}\u{629} \u{62a}\u{623}\u{62a}\u{64a}", word = "\u{643}\u{644}\u{645}\u{629}";
const essay = (name, more, text) => `+++\ntitle = "${name}"\ndate = 2021-03-02\nsummary = "${word} ${word}."\n${more}+++\n${text}\n`;
const text = `${word} ${word}.[^a] [[Plain words]].

## ${word} \u{623}

> ${word}

1. ${word}

## ${word} \u{628}

Formula $a+b$, \`code\`.

## ${word} \u{62c}

${`${word} `.repeat(200)}

[^a]: ${word}.
`;
const books = {};
let browser;

before(async () => {
  browser = await launch();
  for (const theme of ["default", "manual"]) {
    const book = built({
      "book.toml": `title = "${title}"\nauthor = "${word}"\nlanguage = "ar"\ntheme = "${theme}"\n`,
      "content/essays/one.md": essay(title, `series = "${word}"\nconcepts = ["${title}x"]\n`, text),
      "content/essays/plain.md": '+++\ntitle = "Plain words"\ndate = 2021-04-02\nsummary = "In English."\nlang = "en"\n+++\nSee ' + `[[${title}]].\n`,
      "content/concepts/x.md": `+++\ntitle = "${title}x"\nsummary = "${word}."\n+++\n`,
    });
    books[theme] = { book, ...await serve(path.join(book, "public")) };
  }
});
after(async () => { await browser?.close(); for (const { book, server } of Object.values(books)) { server.close(); rmSync(book, { recursive: true, force: true }); } });

test("what stands at the start of a line stands at the right, and no page scrolls sideways", async () => {
  for (const [theme, { book, base }] of Object.entries(books)) for (const width of [360, 1280]) {
    const concept = `/concepts/${files(path.join(book, "public/concepts"), "/index.html")[0].replace("index.html", "")}`;
    for (const address of ["/", "/essays/", "/essays/one/", "/essays/plain/", "/concepts/", concept, "/print/", "/404.html"]) {
      await openAt({ browser, base }, address, { viewport: { width, height: 900 } }, async (page, problems) => {
        const where = `${theme}: ${address} at ${width}`;
        assert.deepEqual(problems.filter((problem) => !problem.includes("404") || address !== "/404.html"), [], where);
        const sides = await page.evaluate(() => ({
          // On a page that runs from the right, what is too wide reaches beyond the left edge.
          over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          name: document.querySelector(".top .name").getBoundingClientRect().right,
          links: document.querySelector(".top nav").getBoundingClientRect().left,
          cards: [...document.querySelectorAll(".card-title a")].map((link) => [link.closest("main > *").getBoundingClientRect(), link.getBoundingClientRect()]).map(([outer, inner]) => [Math.abs(outer.right - inner.right), Math.abs(outer.left - inner.left)]),
        }));
        assert.ok(sides.over <= 0, where);
        const isRight = address !== "/essays/plain/";
        assert.equal(sides.name > width / 2, isRight, where);
        assert.equal(sides.links < width / 2, isRight, where);
        // Titles of either language stand at the page's own edge.
        for (const [right, left] of sides.cards) assert.ok(isRight ? right < 60 && right < left : left < 60 && left < right, `${where}: ${right} ${left}`);
      });
    }
  }
});

test("notes stand beside the text at its end and contents at its start", async () => {
  await openAt({ browser, base: books.default.base }, "/essays/one/", { viewport: { width: 1400, height: 900 } }, async (page) => {
    const box = (selector) => page.locator(selector).first().boundingBox();
    const [prose, contents, note] = [await box(".prose"), await box(".contents"), await box(".notes li")];
    assert.ok(contents.x >= prose.x + prose.width, JSON.stringify([prose, contents]));
    assert.ok(note.x + note.width <= prose.x, JSON.stringify([prose, note]));
  });
});

test("the line of a quotation stands at the right and formulas and code run from the left", async () => {
  for (const { base } of Object.values(books)) await openAt({ browser, base }, "/essays/one/", {}, async (page) => {
    const seen = await page.evaluate(() => {
      const style = (selector) => getComputedStyle(document.querySelector(selector));
      return [parseFloat(style("blockquote").borderRightWidth), parseFloat(style("blockquote").borderLeftWidth), style("math").direction, style("code").direction, style(".prose ol").direction];
    });
    assert.deepEqual(seen, [3, 0, "ltr", "ltr", "rtl"]);
  });
});

test("English words of the theme keep their order", async () => {
  await openAt({ browser, base: books.default.base }, "/essays/one/", {}, async (page) => {
    const [day, year] = await page.evaluate(() => {
      const text = document.querySelector(".meta time").firstChild, range = document.createRange();
      return [[0, 1], [text.length - 4, text.length]].map(([from, to]) => { range.setStart(text, from); range.setEnd(text, to); return range.getBoundingClientRect().left; });
    });
    assert.ok(day < year, `${day} ${year}`);
  });
});
