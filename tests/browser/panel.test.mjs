// The margin panel of the preview in a real browser: facts for the author, and edits of one file at one press.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch } from "./browse.mjs";
import { brand, isBranded, opener, panelOf, preview, says, scroller, settled, sheetOf, toggleOf } from "./preview.mjs";

const OWN = "/essays/own/", FILE = "content/essays/own.md", OTHER = "content/essays/calling-the-captain.md";
const MENTION = "As I said in Calling the Captain, trust is a matter of guidance.";
const LONG = "It went on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on.";
const essay = ["+++", 'title = "Own"', "date = 2024-01-02", "draft = true", 'concepts = ["ballast"]', "+++", "", MENTION, "", LONG, "", "See [[Nobody Wrote This]] for `more`.", ""].join("\n");
const prepare = (book) => book.write(FILE, essay);

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

const open = opener(() => browser);
const entry = (page, group) => page.locator(`throughline-preview .panel h3:has-text("${group}") + ul > li`);
// Files of the book whose lines differ from what they were, and how many lines do.
const differences = (book, names, old) => names.flatMap((name, at) => {
  const now = book.read(name).split("\n"), before = old[at].split("\n");
  const count = Math.max(now.length, before.length);
  const lines = Array.from({ length: count }, (_, line) => line).filter((line) => now[line] !== before[line]);
  return lines.length > 0 ? [[name, lines.length]] : [];
});

test("the button in the corner says what state the page is in, and the panel opens at it and stays open", () => preview(async ({ base }) => {
  await open(base, OWN, async (page, problems) => {
    assert.match(await toggleOf(page).textContent(), /Draft · 1 min · \d+ notes/);
    assert.equal(await toggleOf(page).getAttribute("aria-expanded"), "false");
    assert.ok(await panelOf(page).isHidden());
    await toggleOf(page).click();
    assert.equal(await toggleOf(page).getAttribute("aria-expanded"), "true");
    assert.equal(await panelOf(page).getByRole("heading", { level: 2 }).textContent(), "Own");
    assert.match(await panelOf(page).getByRole("link", { name: FILE, exact: true }).getAttribute("href"), /^vscode:\/\/file\/.*\/content\/essays\/own\.md:1:1$/);
    await page.goto(`${base}/essays/calling-the-captain/`);
    await settled(page);
    assert.equal(await panelOf(page).getByRole("heading", { level: 2 }).textContent(), "Calling the Captain");
    assert.deepEqual(problems, []);
  });
}, { prepare }));

test("the panel states facts with their places: mentions, broken links, long sentences, concepts and summaries that are missing", () => preview(async ({ base }) => {
  await open(base, OWN, async (page) => {
    await toggleOf(page).click();
    const mention = entry(page, "Mentions without a link").first();
    assert.equal(await mention.locator("mark").textContent(), "Calling the Captain");
    assert.equal(await mention.getByRole("link").textContent(), "essays/own.md:8");
    assert.match(await mention.getByRole("link").getAttribute("href"), /\/content\/essays\/own\.md:8:1$/);
    assert.match(await entry(page, "Problems").first().textContent(), /Nobody Wrote This/);
    assert.match(await entry(page, "Long sentences").textContent(), /It went on.*\d+ words/);
    assert.match(await entry(page, "Concepts without definition").textContent(), /ballast/);
    assert.equal(await entry(page, "Summary").count(), 1);
  });
}, { prepare }));

test("“Link it” changes one line of one file, the page shows it, and it can be undone", () => preview(async ({ book, base }) => {
  await open(base, OWN, async (page) => {
    await brand(page);
    await toggleOf(page).click();
    const old = [FILE, OTHER].map((name) => book.read(name));
    await entry(page, "Mentions without a link").getByRole("button", { name: "Link it" }).click();
    await page.locator(".prose a", { hasText: "Calling the Captain" }).waitFor();
    await page.getByRole("status").filter({ hasText: "Linked" }).waitFor();
    await entry(page, "Mentions without a link").waitFor({ state: "detached" });
    assert.deepEqual(differences(book, [FILE, OTHER], old), [[FILE, 1]]);
    await panelOf(page).getByRole("button", { name: /^Undo/ }).click();
    await page.locator(".prose a", { hasText: "Calling the Captain" }).waitFor({ state: "detached" });
    await entry(page, "Mentions without a link").waitFor();
    assert.deepEqual(differences(book, [FILE, OTHER], old), []);
    assert.ok(await isBranded(page));
  });
}, { prepare }));

test("an edit whose file has changed meanwhile is refused with a sentence, and writes nothing", () => preview(async ({ book, base }) => {
  await open(base, OWN, async (page) => {
    await toggleOf(page).click();
    // The page does not hear of this change, as when it comes while the button is pressed.
    await page.route("**/_throughline/page*", (route) => route.abort());
    book.write(FILE, essay.replace("As I said in", "As was said in"));
    await says(page, "As was said in");
    await entry(page, "Mentions without a link").getByRole("button", { name: "Link it" }).click();
    await page.getByRole("status").filter({ hasText: /\w/ }).waitFor();
    assert.ok(await page.locator("throughline-preview .said.failed").count() === 1);
    assert.equal(book.read(FILE), essay.replace("As I said in", "As was said in"));
  });
}, { prepare }));

test("words that are selected in the text become a concept", () => preview(async ({ book, base }) => {
  await open(base, OWN, async (page) => {
    await toggleOf(page).click();
    await page.evaluate(() => {
      const text = document.querySelector(".prose > p:nth-of-type(2)").firstChild;
      getSelection().setBaseAndExtent(text, 0, text, "It went on".length);
    });
    await panelOf(page).getByRole("button", { name: "Make “It went on” a concept" }).click();
    await page.getByRole("status").filter({ hasText: "Made" }).waitFor();
    assert.match(book.read("content/concepts/it-went-on.md"), /It went on/);
  });
}, { prepare }));

test("while the author is in the panel, changes leave the focus and the scroll there", () => preview(async ({ book, base }) => {
  await open(base, OWN, async (page) => {
    await toggleOf(page).click();
    await scroller(page).focus();
    const place = await panelOf(page).evaluate((panel) => { panel.scrollTop = panel.scrollHeight; return panel.scrollTop; });
    assert.ok(place > 0, "the panel is longer than its frame");
    book.write(FILE, `${essay}\nAnd [[Nobody Else]].\n`);
    await panelOf(page).getByText("Nobody Else").waitFor();
    assert.ok(await scroller(page).evaluate((box) => box === box.getRootNode().activeElement));
    assert.ok(await panelOf(page).evaluate((panel) => panel.scrollTop) >= place);
    const button = entry(page, "Mentions without a link").getByRole("button", { name: "Link it" });
    await entry(page, "Concepts without definition").getByRole("button").focus();
    book.write(FILE, essay.replace("ballast", "keel"));
    await panelOf(page).getByText("keel").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.localName), "throughline-preview", "what is gone leaves the focus in the panel");
    await button.waitFor();
    await page.keyboard.press("Escape");
    await panelOf(page).waitFor({ state: "hidden" });
    assert.ok(await toggleOf(page).evaluate((toggle) => toggle === toggle.getRootNode().activeElement));
  }, { viewport: { width: 1280, height: 500 } });
}, { prepare }));

test("Alt and a click open the source of a paragraph, and a plain click does not", () => preview(async ({ base }) => {
  await open(base, OWN, async (page) => {
    await page.evaluate(() => { window.opened = []; HTMLAnchorElement.prototype.click = function () { window.opened.push(this.href); }; });
    const last = page.locator(".prose > p").last();
    await last.click();
    assert.deepEqual(await page.evaluate(() => window.opened), []);
    await last.click({ modifiers: ["Alt"] });
    await page.locator("h1").click({ modifiers: ["Alt"] });
    const opened = await page.evaluate(() => window.opened);
    assert.equal(opened.length, 2);
    assert.match(opened[0], /^vscode:\/\/file\/.*\/content\/essays\/own\.md:12:1$/);
    assert.match(opened[1], /^vscode:\/\/file\/.*\/content\/essays\/own\.md:1:1$/);
  });
}, { prepare }));

test("the sheet opens the place at fault in the editor that was chosen", () => preview(async ({ book, base }) => {
  await open(base, OWN, async (page) => {
    book.write(FILE, essay.replace('title = "Own"', "title = Own"));
    const link = sheetOf(page).getByRole("link", { name: "Open in editor" });
    await link.waitFor();
    const address = new URL(await link.getAttribute("href"));
    assert.equal(address.protocol, "idea:");
    assert.ok(address.searchParams.get("file").endsWith("/content/essays/own.md"));
    assert.equal(address.searchParams.get("line"), "2");
    assert.ok(Number(address.searchParams.get("column")) > 1);
  });
}, { prepare, options: ["--editor", "idea"] }));

test("HTML in a title or a sentence is text in the panel too", () => preview(async ({ book, base }) => {
  const html = "<img src=x onerror=alert(1)>";
  await open(base, OWN, async (page, problems) => {
    page.on("dialog", (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await toggleOf(page).click();
    book.write(FILE, essay.replace('title = "Own"', `title = "${html}"`).replace("It went on", `It went \`${html}\` on`));
    await panelOf(page).getByRole("heading", { level: 2, name: html }).waitFor();
    await entry(page, "Long sentences").getByText(html).waitFor();
    assert.equal(await panelOf(page).locator("img").count(), 0);
    assert.deepEqual(problems, []);
  });
}, { prepare }));

test("sheet and panel fit a phone and a desktop, cover nothing of each other, and can be touched, seen and read", () => preview(async ({ book, base }) => {
  for (const [width, height] of [[360, 740], [1280, 860]]) for (const colorScheme of ["light", "dark"]) {
    book.write(FILE, essay);
    await open(base, OWN, async (page) => {
      await toggleOf(page).click();
      await panelOf(page).getByText("Own", { exact: true }).waitFor();
      book.write(FILE, essay.replace('title = "Own"', "title = Own"));
      await sheetOf(page).waitFor();
      const found = await page.evaluate(() => {
        const root = document.querySelector("throughline-preview").shadowRoot;
        const box = (name) => root.querySelector(name).getBoundingClientRect();
        const targets = [...root.querySelectorAll("a, button, input, pre")].filter((element) => element.getClientRects().length > 0).map((element) => {
          element.focus({ focusVisible: true });
          const { width, height } = element.getBoundingClientRect();
          return { what: element.outerHTML.slice(0, 80), width, height, ring: parseFloat(getComputedStyle(element).outlineWidth) };
        });
        return { panel: box(".panel"), toggle: box(".toggle"), sheet: box(".sheet"), targets, over: document.documentElement.scrollWidth - innerWidth };
      });
      const { panel, toggle, sheet } = found;
      assert.ok(panel.top >= 0 && panel.left >= 0 && panel.right <= width, "the panel is in the window");
      assert.ok(panel.bottom <= toggle.top && toggle.bottom <= sheet.top && sheet.bottom <= height, JSON.stringify(found));
      assert.ok(found.over <= 0);
      assert.deepEqual(found.targets.filter((target) => target.width < 24 || target.height < 24 || target.ring < 3), []);
      assert.deepEqual(await page.evaluate(faint), []);
    }, { colorScheme, viewport: { width, height } });
  }
}, { prepare }));

// Texts of sheet and panel whose contrast with the ground behind them is under 4.5 to 1. Runs in the page.
function faint() {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].reduce((sum, part, at) => {
    const c = part / 255;
    return sum + [0.2126, 0.7152, 0.0722][at] * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  }, 0);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = numbers(getComputedStyle(at).backgroundColor);
      if (ground.length < 4 || ground[3] > 0) return ground;
    }
    return null;
  };
  const bad = [];
  for (const element of document.querySelector("throughline-preview").shadowRoot.querySelectorAll(".sheet *, .panel *, .toggle")) {
    const isText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const ground = isText && element.getClientRects().length > 0 ? groundOf(element) : null;
    if (!ground) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.push(`${element.textContent.slice(0, 40)}: ${(a + 0.05) / (b + 0.05)}`);
  }
  return bad;
}
