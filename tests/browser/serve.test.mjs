// Changes that come into an open page of the preview, in a real browser. One test, one behaviour that an author sees.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./browse.mjs";
import { FIRST, NO, NO_FILE, TEXT, append, brand, isBranded, opener, preview, says, saysNot, scroller, settled, toggleOf } from "./preview.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
const open = opener(() => browser);

// Keeps a list of what every frame looks like, so that a bad one between two good ones is seen.
const watchFrames = (page) => page.evaluate(() => {
  window.papers = new Set();
  const look = () => { window.papers.add(getComputedStyle(document.documentElement).backgroundColor); requestAnimationFrame(look); };
  look();
});
const papers = (page) => page.evaluate(() => [...window.papers]);
const frames = (page, count = 3) => page.evaluate(async (left) => { while (left--) await new Promise(requestAnimationFrame); }, count);

const topOf = (page, text) => page.evaluate((words) => {
  const block = [...document.querySelectorAll(".prose > *")].find((block) => block.textContent.includes(words));
  return block.getBoundingClientRect().top;
}, text);
const firstSeen = (page) => page.evaluate(() => {
  const block = [...document.querySelectorAll(".prose > p")].find((block) => block.getBoundingClientRect().bottom > 0);
  return { text: block.textContent.slice(0, 60), top: block.getBoundingClientRect().top };
});

test("a change below the window comes in without a reload, a scroll, or a style sheet fetched again", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page, problems) => {
    await brand(page);
    await watchFrames(page);
    await page.evaluate(() => scrollTo({ top: 300, behavior: "instant" }));
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    await frames(page);
    assert.equal(await page.evaluate(() => scrollY), 300);
    assert.ok(await isBranded(page));
    assert.deepEqual(asked.filter((path) => path.endsWith(".css") || path.endsWith(".js") || path.endsWith(".woff2")), []);
    assert.deepEqual(await papers(page), ["rgb(252, 251, 248)"]);
    assert.deepEqual(problems, []);
  });
}));

test("a change above the window leaves the first visible block where it is", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    for (const [top, more] of [[1200, "One more. ".repeat(60)], [1500, "A paragraph.\n\nAnother one.\n\n"]]) {
      await page.evaluate((y) => scrollTo({ top: y, behavior: "instant" }), top);
      await frames(page);
      const before = await firstSeen(page);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      book.edit(NO_FILE, FIRST, more + FIRST);
      await page.waitForFunction((old) => document.documentElement.scrollHeight > old, height);
      await frames(page);
      const after = await topOf(page, before.text);
      assert.ok(Math.abs(after - before.top) <= 2, `${before.text} moved from ${before.top} to ${after}`);
      assert.notEqual(await page.evaluate(() => scrollY), top);
    }
    // Taken away again, the text below stays where it is too.
    const before = await firstSeen(page);
    book.edit(NO_FILE, "One more. ".repeat(60), "");
    await saysNot(page, "One more. One more.");
    await frames(page);
    assert.ok(Math.abs(await topOf(page, before.text) - before.top) <= 2);
  });
}));

test("what the reader selected stays selected, also where letters come before it in the same paragraph", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await page.evaluate((words) => {
      const walker = document.createTreeWalker(document.querySelector(".prose"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.data.indexOf(words);
        if (at >= 0) { getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length); return; }
      }
    }, "nine clinics");
    assert.equal(await page.evaluate(() => String(getSelection())), "nine clinics");
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    assert.equal(await page.evaluate(() => String(getSelection())), "nine clinics");
    book.edit(NO_FILE, FIRST, `In that year, ${FIRST}`);
    await says(page, "In that year");
    assert.equal(await page.evaluate(() => String(getSelection())), "nine clinics");
  });
}));

const withForm = (book) => book.theme("templates/base.html", (text) =>
  text.replace("</main>", '</main>\n<details><summary>More</summary><p>Folded.</p></details>\n<input class="name" aria-label="Name">'));

test("focus, typed text and unfolded details stay, and a field keeps its caret", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    await page.locator("summary").click();
    await page.locator("input.name").pressSequentially("half a na");
    await page.locator("input.name").press("ArrowLeft");
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    await page.keyboard.type("X");
    assert.equal(await page.locator("input.name").inputValue(), "half a nXa");
    // What is written in a field stays there while the focus is elsewhere.
    const link = page.locator(".prose a").first();
    await link.focus();
    book.edit(NO_FILE, FIRST, `Then. ${FIRST}`);
    await says(page, `Then. ${FIRST}`);
    assert.equal(await page.locator("input.name").inputValue(), "half a nXa");
    assert.ok(await link.evaluate((element) => element === document.activeElement));
    assert.ok(await page.locator("main + details").evaluate((details) => details.open));
    assert.ok(await isBranded(page));
  });
}, { prepare: withForm }));

test("the text of a link changes while the link has the focus", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    const link = page.locator(".prose a", { hasText: "Teodor said what he said" });
    await link.focus();
    book.edit(NO_FILE, "Teodor said what he said", "Teodor spoke");
    await says(page, "Teodor spoke");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Teodor spoke");
  });
}));

test("what scripts added or set stays: the appearance control, its choice, an open preview card", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await page.getByRole("button", { name: "Dark" }).click();
    await page.evaluate(() => { document.body.dataset.own = "kept"; });
    await page.locator(".prose a.concept").first().scrollIntoViewIfNeeded();
    await page.locator(".prose a.concept").first().hover();
    await page.locator(".preview").waitFor();
    await watchFrames(page);
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    // A change of the footer itself must not take the control for something of its own.
    book.theme("templates/base.html", (base) => base.replace("</footer>", '<div class="more">One more</div>\n</footer>'));
    await page.locator("footer.bottom > .more").waitFor();
    await frames(page);
    assert.equal(await page.locator("footer.bottom > .appearance[role=group] button").count(), 3);
    assert.equal(await page.getByRole("button", { name: "Dark" }).getAttribute("aria-pressed"), "true");
    assert.equal(await page.locator(".preview").count(), 1);
    assert.equal(await page.evaluate(() => document.body.dataset.own), "kept");
    assert.deepEqual(await papers(page), ["rgb(25, 24, 22)"]);
    assert.equal(await page.locator("[id^=throughline-foreign]").count(), 0);
  });
}));

test("an essay that had no concepts at first shows previews of those that come", () => preview(async ({ book, base }) => {
  await open(base, "/essays/plain/", async (page) => {
    await brand(page);
    assert.equal(await page.locator("#concepts").count(), 0);
    book.edit("content/essays/plain.md", "Nothing of note.", "It is about trust.");
    await page.locator("#concepts").waitFor();
    await page.locator(".prose a.concept").hover();
    await page.locator(".preview .card-title", { hasText: "trust" }).waitFor();
    assert.ok(await isBranded(page));
  });
}, { prepare: (book) => book.write("content/essays/plain.md", '+++\ntitle = "Plain"\ndate = 2024-01-02\n+++\n\nNothing of note.\n') }));

test("a changed style sheet takes the old one's place without a frame of no style and without a reload", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    await page.evaluate(() => scrollTo({ top: 1200, behavior: "instant" }));
    const before = await firstSeen(page);
    await watchFrames(page);
    book.theme("assets/style.css", (text) => `${text}\n:root { background: rgb(1, 2, 3) }\nmain::before { content: ""; display: block; height: 150px }\n`);
    await page.waitForFunction(() => getComputedStyle(document.documentElement).backgroundColor === "rgb(1, 2, 3)");
    await frames(page);
    assert.deepEqual(await papers(page), ["rgb(252, 251, 248)", "rgb(1, 2, 3)"]);
    assert.equal(await page.locator("head link[rel=stylesheet]").count(), 1);
    assert.ok(Math.abs(await topOf(page, before.text) - before.top) <= 2);
    assert.ok(await isBranded(page));
  });
}));

test("another script or another policy loads the page anew", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page, problems) => {
    await brand(page);
    book.theme("assets/script.js", (text) => `${text}\ndocument.body.dataset.script = "new";\n`);
    await page.locator("body[data-script=new]").waitFor();
    assert.ok(!await isBranded(page));
    await settled(page);
    await brand(page);
    book.theme("templates/base.html", (text) => text.replace("form-action 'none'", "form-action 'self'"));
    await page.waitForFunction(() => !window.isSame && document.querySelector("meta[http-equiv]")?.content.includes("form-action 'self'"));
    await settled(page);
    await brand(page);
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    assert.ok(await isBranded(page));
    assert.deepEqual(problems, []);
  });
}));

test("a script that puts other scripts into the page does not make it load for ever", () => preview(async ({ book, base }) => {
  let loads = 0;
  await open(base, NO, async (page) => {
    page.on("load", () => { loads += 1; });
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    append(book, NO_FILE, "And more.");
    await says(page, "And more.");
    assert.ok(loads <= 1, `${loads} loads`);
  });
}, {
  prepare: (book) => {
    book.theme("assets/script.js", (text) => `${text}\n`);
    book.write("themes/default/assets/more.js", 'const own = document.createElement("script"); own.type = "speculationrules"; own.textContent = "{}"; document.head.append(own);\n');
    book.theme("templates/base.html", (text) => text.replace("</main>", '</main>\n<script src="{{ page.root }}{{ asset(path="more.js") }}"></script>'));
  },
}));

test("a picture that changes at its address is shown anew", () => preview(async ({ book, base }) => {
  const file = "content/essays/a-course-is-not-a-destination/drift.svg";
  await open(base, "/essays/a-course-is-not-a-destination/", async (page, problems) => {
    await brand(page);
    await page.locator(".prose img").first().scrollIntoViewIfNeeded();
    const width = () => page.locator(".prose img").first().evaluate((image) => image.naturalWidth);
    await page.waitForFunction(() => document.querySelector(".prose img").complete);
    assert.notEqual(await width(), 33);
    book.write(file, '<svg xmlns="http://www.w3.org/2000/svg" width="33" height="22"><rect width="33" height="22"/></svg>');
    await page.waitForFunction(() => document.querySelector(".prose img").naturalWidth === 33);
    append(book, "content/essays/a-course-is-not-a-destination/index.md", TEXT);
    await says(page, TEXT);
    assert.equal(await width(), 33);
    assert.ok(await isBranded(page));
    assert.deepEqual(problems, []);
  });
}));

test("“Scroll to what changes” does so, for the page of the edited file, and is remembered", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    assert.equal(await page.evaluate(() => scrollY), 0);
    await toggleOf(page).click();
    await scroller(page).check();
    append(book, NO_FILE, "And more.");
    await says(page, "And more.");
    await page.waitForFunction(() => scrollY > 0);
    const top = await topOf(page, "And more.");
    assert.ok(top > 0 && top < 900, String(top));
    await page.reload();
    await settled(page);
    assert.ok(await scroller(page).isChecked(), "the panel stays open, and the setting too");
    // Another essay's title stands on this page, but nobody wrote here.
    await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    book.edit("content/essays/the-silence-after-a-question.md", 'title = "The Silence After a Question"', 'title = "The Long Silence"');
    await says(page, "The Long Silence");
    await frames(page);
    assert.equal(await page.evaluate(() => scrollY), 0);
  });
}));

test("what was unfolded stays unfolded when a paragraph comes in above it", () => preview(async ({ book, base }) => {
  append(book, NO_FILE, "<details>\n<summary>Aside</summary>\n\nInside.\n\n</details>\n\nBelow.");
  await open(base, NO, async (page) => {
    await page.getByText("Aside").click();
    book.edit(NO_FILE, "<details>", "A new paragraph.\n\n<details>");
    await says(page, "A new paragraph.");
    assert.ok(await page.locator("details", { hasText: "Aside" }).evaluate((fold) => fold.open));
  });
}));

test("half an address and a field with the name of a method do not end the preview", () => preview(async ({ book, base }) => {
  for (const odd of ['<script src="https://', "<form><input name=querySelectorAll><input name=children></form>"]) {
    await open(base, NO, async (page) => {
      const before = book.read(NO_FILE);
      append(book, NO_FILE, `${odd}\n\n${TEXT}`);
      await page.waitForTimeout(300);
      book.write(NO_FILE, `${before.trimEnd()}\n\nMended it.\n`);
      await says(page, "Mended it.");
      book.write(NO_FILE, before);
      await saysNot(page, "Mended it.");
    });
  }
}));
