// How a tab of the preview hears of changes and where it goes, in a real browser. One test, one behaviour that an author sees.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./browse.mjs";
import { LIMIT, NO, NO_FILE, Preview, TEXT, TITLE, append, brand, isBranded, opener, preview, says, settled, sheetOf } from "./preview.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
const open = opener(() => browser);

test("a renamed essay takes its tab along, at the same place", () => preview(async ({ book, base }) => {
  await open(base, `${NO}#the-end`, async (page) => {
    await brand(page);
    await page.evaluate(() => scrollTo({ top: 700, behavior: "instant" }));
    book.move(NO_FILE, "content/essays/no-again.md");
    await page.waitForURL("**/essays/no-again/#the-end");
    append(book, "content/essays/no-again.md", TEXT);
    await says(page, TEXT);
    assert.equal(await page.evaluate(() => scrollY), 700);
    assert.ok(await isBranded(page));
  });
}));

test("a deleted essay shows that nothing is there, and comes back", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    const text = book.read(NO_FILE);
    book.remove(NO_FILE);
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
    assert.equal(await page.title(), "Not found · On Watch");
    book.write(NO_FILE, text);
    await page.getByRole("heading", { level: 1, name: "The First No" }).waitFor();
    // The page of missing addresses has a script of its own, so it was loaded anew, and so was the essay.
    assert.equal(new URL(page.url()).pathname, NO);
  });
}));

test("with --follow the tab goes to the essay that is edited", () => preview(async ({ book, base }) => {
  await open(base, "/", async (page) => {
    append(book, NO_FILE, TEXT);
    await page.waitForURL(`**${NO}`);
    await says(page, TEXT);
    await settled(page);
    // On the page that is edited nothing is left to go to.
    await brand(page);
    append(book, NO_FILE, "And more.");
    await says(page, "And more.");
    assert.ok(await isBranded(page));
  });
}, { options: ["--follow"] }));

test("without --follow the tab stays", () => preview(async ({ book, base }) => {
  await open(base, "/", async (page) => {
    await brand(page);
    book.edit(NO_FILE, TITLE, 'title = "The Second No"');
    // The change is here, so the tab had its chance to go.
    await page.getByText("The Second No").first().waitFor();
    assert.ok(new URL(page.url()).pathname === "/" && await isBranded(page));
  });
}));

test("when the preview ends the page says so, and when it is back the page is current within moments", () => preview(async ({ book, server, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    await server.stop();
    await page.getByText("The preview has ended").waitFor();
    append(book, NO_FILE, TEXT);
    const again = await Preview.start(book, "--port", server.port);
    try {
      assert.equal(again.base, base);
      await says(page, TEXT);
      await sheetOf(page).waitFor({ state: "hidden" });
      assert.ok(await isBranded(page));
    } finally { await again.stop(); }
  });
}));

test("eight tabs of one browser all hear of a change", () => preview(async ({ book, base }) => {
  const context = await browser.newContext();
  try {
    const pages = [];
    for (let count = 0; count < 8; count += 1) {
      const page = await context.newPage();
      page.setDefaultTimeout(LIMIT);
      await page.goto(base + NO);
      await settled(page);
      pages.push(page);
    }
    append(book, NO_FILE, TEXT);
    await Promise.all(pages.map((page) => says(page, TEXT)));
  } finally { await context.close(); }
}));

test("a browser whose tabs cannot share a connection hears of changes, of the end and of the return too", () => preview(async ({ book, server, base }) => {
  const context = await browser.newContext();
  try {
    await context.addInitScript(() => { delete window.SharedWorker; });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT);
    await page.goto(base + NO);
    await settled(page);
    await brand(page);
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    // Out of sight it gives its connection up, because there are only six; in sight again it catches up.
    const turn = (state) => page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
    await turn("hidden");
    append(book, NO_FILE, "Written out of sight.");
    await page.waitForFunction(() => fetch(location.href).then((answer) => answer.text()).then((text) => text.includes("Written out of sight.")));
    assert.ok(!(await page.locator(".prose").textContent()).includes("Written out of sight."));
    await turn("visible");
    await says(page, "Written out of sight.");
    await server.stop();
    await page.getByText("The preview has ended").waitFor();
    append(book, NO_FILE, "And more.");
    const again = await Preview.start(book, "--port", server.port);
    try {
      await says(page, "And more.");
      await sheetOf(page).waitFor({ state: "hidden" });
      assert.ok(await isBranded(page));
    } finally { await again.stop(); }
  } finally { await context.close(); }
}));

test("the way back shows the page as it is now", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await page.locator("header .name").click();
    await page.waitForURL(`${base}/`);
    append(book, NO_FILE, TEXT);
    book.edit("book.toml", "Ilse Maren", "Ilse M. Maren");
    await page.getByText("by Ilse M. Maren").waitFor();
    await page.goBack();
    await says(page, TEXT);
    await settled(page);
    append(book, NO_FILE, "And more.");
    await says(page, "And more.");
  });
}));

test("a page that the browser kept in its memory is current and hears on when it comes back", () => preview(async ({ book, base }) => {
  // Playwright turns this memory off, because a page that comes back from it loads nothing.
  const remembering = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  try {
    for (const isShared of [true, false]) {
      const context = await remembering.newContext();
      if (!isShared) await context.addInitScript(() => { delete window.SharedWorker; });
      const page = await context.newPage();
      page.setDefaultTimeout(LIMIT);
      await page.goto(base + NO);
      await settled(page);
      await page.evaluate(() => addEventListener("pageshow", (event) => { window.wasKept = event.persisted; }));
      await page.goto(`${base}/about/`);
      await settled(page);
      append(book, NO_FILE, `${TEXT} ${isShared}`);
      await page.evaluate(() => history.back());
      await page.waitForURL(base + NO, { waitUntil: "commit" });
      await says(page, `${TEXT} ${isShared}`);
      assert.ok(await page.evaluate(() => window.wasKept));
      append(book, NO_FILE, `And more ${isShared}`);
      await says(page, `And more ${isShared}`);
      await context.close();
    }
  } finally { await remembering.close(); }
}));

test("every kind of page runs the preview under its strict policy without an error", () => preview(async ({ book, base }) => {
  append(book, NO_FILE, TEXT);
  await open(base, "/", async (page, problems) => {
    for (const address of ["/", "/essays/", NO, "/concepts/", "/concepts/trust/", "/series/the-first-hundred-days/", "/about/", "/nowhere/"]) {
      await page.goto(base + address);
      await settled(page);
      const style = await page.evaluate(() => getComputedStyle(document.querySelector("throughline-preview").shadowRoot.querySelector(".frame")).position);
      assert.equal(style, "fixed", "the style is in force");
      assert.deepEqual(problems.filter((problem) => !(address === "/nowhere/" && problem.includes("404"))), [], address);
    }
  });
}));
