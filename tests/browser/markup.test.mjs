// The markup of every page by a validator of its own, in both themes.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { files, root, throughline } from "./book.mjs";

// Left out: the style of the markup (quotes, doctype, void elements, blanks, long titles), checksums for files of the site itself, and
// hyphens in telephone numbers, which nobody writes here.
const off = ["long-title", "no-trailing-whitespace", "void-style", "attr-quotes", "doctype-style", "require-sri", "tel-non-breaking"];
const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y", "html-validate:document"],
  rules: { ...Object.fromEntries(off.map((rule) => [rule, "off"])), "no-raw-characters": ["error", { relaxed: true }] },
}));
let folder;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "throughline-markup-"));
  const build = (book, name) => execFileSync(throughline, ["-C", book, "build", "--quiet", "--out", path.join(folder, name)]);
  build(root, "essays");
  build(path.join(root, "docs"), "manual");
  // The same essays as a book in Hebrew, in the other theme.
  cpSync(path.join(root, "content"), path.join(folder, "book/content"), { recursive: true });
  writeFileSync(path.join(folder, "book/book.toml"), 'title = "T"\nlanguage = "he"\ntheme = "manual"\n');
  build(path.join(folder, "book"), "hebrew");
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("a validator finds no error on any page, in either theme and either direction", async () => {
  for (const name of ["essays", "manual", "hebrew"]) {
    const found = [], pages = files(path.join(folder, name), ".html");
    assert.ok(pages.length > 20, name);
    for (const file of pages) {
      const report = await validator.validateString(readFileSync(path.join(folder, name, file), "utf8"), file);
      for (const { messages } of report.results) found.push(...messages.filter(({ severity }) => severity === 2).map(({ line, ruleId, message }) => `${name}/${file}:${line}: ${ruleId}: ${message}`));
    }
    assert.deepEqual(found.slice(0, 20), [], `${found.length} errors`);
  }
});
