// What the tests of the preview share: a book of its own in a temporary folder, `throughline serve` beside it, and pages of it
// in Chromium.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { open as openAt } from "./browse.mjs";

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.THROUGHLINE ?? path.join(repository, "target/debug/throughline");

// Generous: it ends a test that would hang, and decides nothing about speed.
export const LIMIT = 15_000;

// A copy of this repository's book that a test may break.
export class Book {
  constructor() {
    this.root = mkdtempSync(path.join(tmpdir(), "throughline-preview-"));
    cpSync(path.join(repository, "content"), this.at("content"), { recursive: true });
    cpSync(path.join(repository, "book.toml"), this.at("book.toml"));
  }
  at(name) { return path.join(this.root, name); }
  read(name) { return readFileSync(this.at(name), "utf8"); }
  // Writes as editors do: the new text takes the place of the old one in one step.
  write(name, text) {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(`${name}~`), text);
    renameSync(this.at(`${name}~`), this.at(name));
  }
  edit(name, from, to) {
    const text = this.read(name);
    assert.ok(text.includes(from), `${name} says ${from}`);
    this.write(name, text.replace(from, () => to));
  }
  move(from, to) { renameSync(this.at(from), this.at(to)); }
  remove(name) { rmSync(this.at(name)); }
  // A file of the built-in theme, changed in a theme of the book's own.
  theme(name, change) {
    const own = `themes/default/${name}`;
    this.write(own, change(readFileSync(path.join(repository, own), "utf8")));
  }
  destroy() { rmSync(this.root, { recursive: true, force: true }); }
}

// A running preview of a book.
export class Preview {
  static async start(book, ...options) {
    const preview = new Preview();
    const port = options.includes("--port") ? [] : ["--port", "0"];
    preview.child = spawn(program, ["-C", book.root, "serve", ...port, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    preview.output = "";
    preview.base = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no address in: ${preview.output}`)), LIMIT);
      const read = (bytes) => {
        preview.output += bytes;
        const found = preview.output.match(/http:\/\/[\d.]+:\d+(?=\/)/);
        if (found) { clearTimeout(late); resolve(found[0]); }
      };
      preview.child.stdout.on("data", read);
      preview.child.stderr.on("data", read);
      preview.child.once("error", reject);
      preview.child.once("exit", (code) => reject(new Error(`ended with ${code}: ${preview.output}`)));
    });
    return preview;
  }
  get port() { return new URL(this.base).port; }
  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}

// Runs a test against a book and its preview, and takes both away again. `prepare` changes the book before it is shown.
export async function preview(work, { options = [], prepare = () => {} } = {}) {
  const book = new Book();
  let server;
  try {
    prepare(book);
    server = await Preview.start(book, ...options);
    await work({ book, server, base: server.base });
  } finally {
    await server?.stop();
    book.destroy();
  }
}

// Waits until the page is connected and up to date: what is changed from now on is told to it.
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector("throughline-preview")?.shadowRoot.querySelector(".toggle").hidden, null, { timeout: LIMIT });
}

// The parts that only the author sees. Locators of Playwright see into them.
export const sheetOf = (page) => page.locator("throughline-preview .sheet.shown");
export const toggleOf = (page) => page.locator("throughline-preview .toggle");
export const panelOf = (page) => page.locator("throughline-preview .panel");
export const scroller = (page) => page.getByRole("checkbox", { name: "Scroll to what changes" });

// Waits until the page says this anywhere in its text. A page that is just being loaded has none yet, and says neither this nor not.
export const says = (page, text) =>
  page.waitForFunction((words) => document.querySelector("main")?.textContent.includes(words), text, { timeout: LIMIT });
export const saysNot = (page, text) =>
  page.waitForFunction((words) => document.querySelector("main")?.textContent.includes(words) === false, text, { timeout: LIMIT });

// Puts a mark on the window that a full load of the page would wipe away.
export const brand = (page) => page.evaluate(() => { window.isSame = true; });
export const isBranded = (page) => page.evaluate(() => window.isSame === true);

// An essay of the book, and words that are put into it.
export const NO = "/essays/the-first-no/", NO_FILE = "content/essays/the-first-no.md";
export const TITLE = 'title = "The First No"', BROKEN = "title = The First No";
export const FIRST = "Our largest customer in those days", TEXT = "text between tests";
export const append = (book, file, text) => book.write(file, `${book.read(file).trimEnd()}\n\n${text}\n`);

// Opens a page of a preview, waits until it hears the server, and hands it on with everything that goes wrong on it.
export const opener = (browser) => (base, address, work, options) => openAt({ browser: browser(), base }, address, options, async (page, problems) => {
  page.setDefaultTimeout(LIMIT);
  await settled(page);
  await work(page, problems);
});
