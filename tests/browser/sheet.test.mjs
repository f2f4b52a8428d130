// The sheet that says what is wrong with the book, in a real browser. One test, one behaviour that an author sees.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./browse.mjs";
import { BROKEN, NO, NO_FILE, TEXT, TITLE, append, brand, isBranded, opener, preview, says, settled, sheetOf, toggleOf } from "./preview.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });
const open = opener(() => browser);

test("broken front matter: the sheet names place, cause and fix, takes no focus, and goes without a reload", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page, problems) => {
    await brand(page);
    const link = page.locator(".prose a").first();
    await link.focus();
    const text = await page.locator(".prose").textContent();
    const began = Date.now();
    book.edit(NO_FILE, TITLE, BROKEN);
    const sheet = sheetOf(page);
    await sheet.waitFor();
    assert.ok(Date.now() - began <= 3000, "the sheet is there at once");
    const words = await sheet.textContent();
    assert.match(words, /content\/essays\/the-first-no\.md:2:\d+/);
    assert.match(words, /bad-syntax/);
    assert.match(words, /To mend it: \S/);
    assert.match(words, /The page behind is as it was \d+ s ago\./);
    assert.deepEqual(await sheet.locator(".line .number").allTextContents(), ["   1 ", "   2 ", "   3 ", "   4 ", "   5 "]);
    const place = await sheet.locator(".at").evaluate((row) => {
      const box = (element) => element.getBoundingClientRect();
      return { mark: box(row.querySelector("mark")), caret: box(row.querySelector(".caret")), text: row.textContent };
    });
    assert.match(place.text, /title = The First No[^^]*\^/);
    assert.ok(place.caret.top >= place.mark.bottom - 4, "the caret stands below its line");
    assert.equal(await page.getByRole("alert").count(), 1);
    assert.ok(await link.evaluate((element) => element === document.activeElement), "the focus stays");
    assert.equal(await page.locator(".prose").textContent(), text, "the last good page stays");
    book.edit(NO_FILE, BROKEN, TITLE);
    await sheet.waitFor({ state: "hidden" });
    assert.equal((await page.getByRole("alert").textContent()), "");
    assert.ok(await isBranded(page));
    assert.deepEqual(problems, []);
  });
}));

test("Escape closes the sheet until the problem is another one, on the next page too", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    book.edit(NO_FILE, TITLE, BROKEN);
    await sheetOf(page).waitFor();
    await page.keyboard.press("Escape");
    await sheetOf(page).waitFor({ state: "hidden" });
    // Other changes come in, and the sheet stays closed.
    book.edit("book.toml", "Ilse Maren", "Ilse M. Maren");
    await page.getByText("by Ilse M. Maren").waitFor();
    await settled(page);
    assert.equal(await sheetOf(page).count(), 0);
    await page.goto(`${base}/`);
    await settled(page);
    await page.evaluate(() => fetch("/_throughline/page?at=/").then((answer) => answer.json()));
    assert.equal(await sheetOf(page).count(), 0);
    book.edit(NO_FILE, BROKEN, 'title = "The First No');
    await sheetOf(page).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await sheetOf(page).waitFor({ state: "hidden" });
    // Mended and broken again in the same way, it is a new problem.
    book.edit(NO_FILE, 'title = "The First No', TITLE);
    await page.waitForFunction(() => sessionStorage.getItem("throughline-dismissed") === null);
    book.edit(NO_FILE, TITLE, 'title = "The First No');
    await sheetOf(page).waitFor();
  });
}));

test("HTML in a title, a file's name or a broken line is text everywhere", () => preview(async ({ book, base }) => {
  const html = "<img src=x onerror=alert(1)>", name = "content/essays/a&lt;b<i>c.md";
  await open(base, NO, async (page, problems) => {
    page.on("dialog", (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    book.edit(NO_FILE, TITLE, `title = "${html}"`);
    await page.getByRole("heading", { level: 1, name: html }).waitFor();
    await toggleOf(page).click();
    book.write(name, `+++\ntitle = ${html}\n+++\n`);
    await sheetOf(page).waitFor();
    const words = await sheetOf(page).textContent();
    assert.ok(words.includes(`${name}:2:`) && words.includes(`title = ${html}`), words);
    for (const address of ["/", "/essays/"]) {
      await page.goto(base + address);
      await settled(page);
      await page.getByText(html).first().waitFor();
      await sheetOf(page).waitFor();
    }
    const made = await page.evaluate(() => [document, document.querySelector("throughline-preview").shadowRoot].map((root) => root.querySelectorAll("img[onerror], i").length));
    assert.deepEqual(made, [0, 0]);
    assert.deepEqual(problems, []);
  });
}));

test("settings that cannot be read: the sheet says where, the last good page stays, and all goes on when mended", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    const text = book.read("book.toml");
    book.write("book.toml", `${text}\nlevels = [\n`);
    await sheetOf(page).waitFor();
    assert.match(await sheetOf(page).textContent(), /book\.toml:\d+:\d+/);
    assert.equal(await page.locator("h1").textContent(), "The First No");
    book.write("book.toml", text.replace("On Watch", "Still on Watch"));
    await sheetOf(page).waitFor({ state: "hidden" });
    await page.waitForFunction(() => document.querySelector("header .name").textContent === "Still on Watch");
    assert.ok(await isBranded(page));
  });
}));

test("a content folder that vanishes leaves the last good page, and all goes on when it is back", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    book.move("content", "elsewhere");
    await sheetOf(page).waitFor();
    assert.match(await sheetOf(page).textContent(), /content/);
    assert.equal(await page.locator("h1").textContent(), "The First No");
    book.move("elsewhere", "content");
    await sheetOf(page).waitFor({ state: "hidden" });
    append(book, NO_FILE, TEXT);
    await says(page, TEXT);
    assert.ok(await isBranded(page));
  });
}));

test("a template that cannot be read or rendered: the sheet names its file and line", () => preview(async ({ book, base }) => {
  await open(base, NO, async (page) => {
    await brand(page);
    const template = "templates/essay.html", place = /themes\/default\/templates\/essay\.html:\d+:\d+/;
    book.theme(template, (text) => `${text}\n{% if %}`);
    await sheetOf(page).waitFor();
    assert.match(await sheetOf(page).textContent(), place);
    assert.equal(await page.locator("h1").textContent(), "The First No");
    book.theme(template, (text) => text);
    await sheetOf(page).waitFor({ state: "hidden" });
    // An error that shows only when a page is made: one that was seen before stays, another one is
    // made with the templates of before.
    book.theme(template, (text) => text.replace("{% block main %}", "{% block main %}\n{{ page.nothing.at_all }}"));
    await sheetOf(page).waitFor();
    assert.match(await sheetOf(page).textContent(), place);
    assert.equal(await page.locator("h1").textContent(), "The First No");
    const other = await page.context().newPage();
    await other.goto(`${base}/essays/calling-the-captain/`);
    await sheetOf(other).waitFor();
    assert.equal(await other.locator("h1").textContent(), "Calling the Captain");
    book.theme(template, (text) => text);
    await sheetOf(page).waitFor({ state: "hidden" });
    await other.getByRole("heading", { level: 1, name: "Calling the Captain" }).waitFor();
    assert.ok(await isBranded(page));
  });
}));
