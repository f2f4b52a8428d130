// What readers are promised of every page, on two books: that of this repository and one that holds everything a page can show.
//
// The promises are numbered; where a point is proved:
//
//  1 characters in a line           site.test.mjs: "lines hold 60 to 72 characters …"
//  2 size and leading of text       site.test.mjs: "text is 17 pixels on a phone and 19 on a desktop …"
//  3 no sideways scroll             here; long threads: replies.test.mjs
//  4 headings, language, canonical  here for this book of everything; suite/build.rs for the repository's
//  5 contrast of colours            here, from the built style sheet; as seen: site.test.mjs
//  6 without script                 site.test.mjs: "without script the text and the links are the same …"
//  7 appearance                     site.test.mjs: "the appearance control has three states …", "a stored choice is there …"
//  8 focus, targets, underlines     here; threads: replies.test.mjs
//  9 axe                            here
// 10 late fonts, other origins      site.test.mjs: "fonts that come two seconds late …", "every page loads without an error …"
// 11 strict policy                  here
// 12 print                          here; the page of the whole book: suite/print.rs
// 13 motion, forced colours         here
// 14 notes in the margin            site.test.mjs: "notes stand beside their lines …", "… a list below 76rem"
// 15 notes by keyboard, roles       site.test.mjs: "Enter on a reference outlines its note …"; roles here
// 16 pull quotes                    suite/markdown.rs, suite/print.rs
// 17 previews                       site.test.mjs: "a preview opens …", "a preview waits 450 ms …", "previews stay away from touch"
// 18 concept links, backlinks, ids  suite/links.rs, suite/markdown.rs
// 19 passages, map                  site.test.mjs: "a passage on a concept's page …", "the concept map keeps its labels …"
// 20 replies                        suite/replies.rs
// 21 microformats, dates            here
// 24 a new book                     here; without a warning: suite/build.rs
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { mf2 } from "microformats-parser";
import { launch, serve } from "./browse.mjs";
import { built, everything, files, root, throughline } from "./book.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const site = path.join(root, "public");
// Every kind of page of the repository's book, and an essay with replies.
const own = { home: "/", essay: "/essays/in-defence-of-management/", replied: "/essays/trust-arrives-on-foot/", figures: "/essays/how-many-conversations/", concepts: "/concepts/", concept: "/concepts/trust/", series: "/series/standing-a-watch/", archive: "/essays/", replies: "/replies/", about: "/about/", missing: "/essays/trust-arives-on-foot.html", print: "/print/" };
const all = { "an essay with everything": "/essays/keel/", "its concept": "/concepts/trust/", "its book on one page": "/print/" };
let browser, book, servers, places;

before(async () => {
  assert.ok(existsSync(path.join(site, "index.html")), "build the book first");
  book = built(everything);
  servers = [await serve(site), await serve(path.join(book, "public"), [], { mount: "/sub/path/" })];
  places = [
    ...Object.entries(own).map(([name, address]) => ({ name, url: servers[0].base + address })),
    ...Object.entries(all).map(([name, address]) => ({ name, url: `${servers[1].base}/sub/path${address}` })),
  ];
  browser = await launch();
});
after(async () => {
  await browser?.close();
  servers?.forEach(({ server }) => server.close());
  if (book) rmSync(book, { recursive: true });
});

// Every kind of page in one tab; `look` does the rest.
async function everyPage(options, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    for (const place of places) { await page.goto(place.url); await look(page, place.name); }
  } finally { await context.close(); }
}

test("no page scrolls sideways at any width, with the text spacing of WCAG 1.4.12 or without", async () => {
  const bad = [];
  await everyPage({ bypassCSP: true }, async (page, name) => {
    for (const spacing of [false, true]) {
      if (spacing) await page.addStyleTag({ content: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }" });
      for (const width of [320, 360, 768, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) bad.push(`${name} at ${width}${spacing ? " with spacing" : ""}: ${over}`);
      }
    }
  });
  assert.deepEqual(bad, []);
});

test("every page has one h1, no skipped level, a language and its canonical address", () => {
  for (const [folder, start] of [[site, "https://throughline.example/"], [path.join(book, "public"), "https://x.example/sub/path/"]]) {
    for (const file of files(folder, ".html")) {
      const html = readFileSync(path.join(folder, file), "utf8");
      const levels = [...html.matchAll(/<h([1-6])[ >]/g)].map((found) => Number(found[1]));
      assert.equal(levels.filter((level) => level === 1).length, 1, file);
      assert.ok(levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1), `${file}: ${levels}`);
      assert.match(html, /<html lang="[a-z]{2}">/, file);
      const canonical = html.match(/<link rel="canonical" href="([^"]*)">/)?.[1];
      assert.equal(canonical, file === "404.html" ? undefined : start + file.replace(/(^|\/)index\.html$/, "$1"), file);
      const ids = [...html.matchAll(/<[a-z][^>]* id="([^"]*)"/g)].map((found) => found[1]);
      assert.equal(new Set(ids).size, ids.length, `${file}: an id stands twice`);
    }
  }
});

test("the colours of the built style sheet keep their contrast in both schemes", () => {
  const css = readFileSync(path.join(site, "assets", files(path.join(site, "assets"), ".css").find((name) => name.startsWith("style."))), "utf8");
  // What the theme's settings say stands at the head of the sheet, and goes before what the sheet falls back to.
  const settings = Object.fromEntries([...css.slice(css.indexOf(":root{"), css.indexOf("}")).matchAll(/(--theme-[\w-]+):(#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]));
  const colours = (start) => {
    const at = css.indexOf(start);
    assert.ok(at >= 0, start);
    const rules = css.slice(at, css.indexOf("}", at)).matchAll(/--([\w-]+): (?:var\((--[\w-]+), )?(#[0-9a-f]{6})\)?;/g);
    return Object.fromEntries([...rules].map((found) => [found[1], settings[found[2]] ?? found[3]]));
  };
  const light = colours(":root {\n  --s-2"), dark = colours(":root:not([data-appearance=light]) {");
  assert.deepEqual(colours(":root[data-appearance=dark] {"), dark, "dark by choice is dark by the system");
  const bright = (hex) => { const [r, g, b] = hex.slice(1).match(/../g).map((two) => { const c = parseInt(two, 16) / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [x, y] = [bright(a), bright(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const least = { ink: 7, soft: 4.5, link: 4.5, visited: 4.5, edge: 3, focus: 3, error: 4.5, good: 4.5, k: 4.5, s: 4.5, n: 4.5, f: 4.5, c: 4.5 };
  for (const [scheme, colour] of Object.entries({ light, dark })) {
    for (const [name, wanted] of Object.entries(least)) for (const paper of ["paper", "raised"]) {
      assert.ok(ratio(colour[name], colour[paper]) >= wanted, `${name} on ${paper}, ${scheme}: ${ratio(colour[name], colour[paper])}`);
    }
    assert.ok(ratio(colour["mark-ink"], colour.mark) >= 7, scheme);
  }
});

test("every focusable element shows a ring of 3 pixels and 3:1, and can be hit where it stands outside of text", async () => {
  const bad = [];
  for (const colorScheme of ["light", "dark"]) await everyPage({ viewport: { width: 360, height: 800 }, colorScheme }, async (page, name) => {
    // What follows the keyboard shows its ring; a script that moves the focus on from there does too.
    await page.keyboard.press("Tab");
    bad.push(...await page.evaluate((name) => {
      const bright = (colour) => { const [r, g, b] = colour.match(/[\d.]+/g).map((part) => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ratio = (a, b) => { const [x, y] = [bright(a), bright(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
      const paper = getComputedStyle(document.documentElement).backgroundColor, found = [];
      document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
      // What is hidden (names for programs that read microformats) takes no focus and needs no ring.
      const shown = [...document.querySelectorAll("a[href], button, summary, [tabindex]")].filter((element) => element.getClientRects().length > 0);
      for (const element of shown) {
        element.focus();
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        // A link among other words of a line is as high as that line (WCAG 2.5.8).
        const block = element.closest("p, li, dt, dd, figcaption, td, h1, h2, h3, h4") ?? element;
        const others = [...block.querySelectorAll("a")].reduce((text, link) => text.replace(link.textContent, ""), block.textContent);
        const isInText = !!element.closest("svg") || element !== block && /[\p{L}\p{N}]/u.test(others);
        const wrong = document.activeElement !== element ? "takes no focus"
          : !element.matches(":focus-visible") || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 3 ? "has no ring"
          : ratio(style.outlineColor, paper) < 3 ? "has a ring that is hard to see"
          : !isInText && (box.width < 23.9 || box.height < 23.9) ? `is small: ${box.width} × ${box.height}` : "";
        if (wrong) found.push(`${name}: ${element.outerHTML.slice(0, 90)} ${wrong}`);
      }
      return found;
    }, name));
  });
  assert.deepEqual([...new Set(bad)], []);
});

test("links among other words are underlined", async () => {
  await everyPage({}, async (page, name) => {
    const bare = await page.evaluate(() => [...document.querySelectorAll("main p a, main li a, main dd a, main td a")]
      .filter((link) => !link.closest(".ref, .backs, svg") && !link.matches(".to"))
      .filter((link) => !getComputedStyle(link).textDecorationLine.includes("underline")).map((link) => link.outerHTML));
    assert.deepEqual(bare, [], name);
  });
});

test("axe finds nothing on any kind of page, in light and dark, on a phone and on a desktop", async () => {
  const bad = [];
  await everyPage({ bypassCSP: true }, async (page, name) => {
    await page.evaluate(axe);
    for (const width of [360, 1280]) for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }));
      bad.push(...violations.map(({ id, nodes }) => `${name}, ${width}, ${colorScheme}: ${id}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 120)).join(" ")}`));
    }
  });
  assert.deepEqual(bad, []);
});

test("everything works under a policy that allows nothing but the site's own files and the listed scripts", async () => {
  const hashes = readFileSync(path.join(site, "index.html"), "utf8").match(/'sha256-[^']+'/g);
  const policy = `default-src 'none'; script-src 'self' ${hashes.join(" ")}; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const { server, base } = await serve(site, [], { headers: { "content-security-policy": policy, "x-content-type-options": "nosniff" } });
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => { if (message.type() === "error" && !message.text().includes("404")) problems.push(message.text()); });
  page.on("pageerror", (error) => problems.push(String(error)));
  try {
    for (const [name, address] of Object.entries(own)) {
      await page.goto(base + address);
      await page.evaluate(() => document.fonts.ready);
      assert.ok(await page.evaluate(() => [...document.fonts].some((face) => face.family === "Literata" && face.status === "loaded")), `${name}: the font`);
      assert.equal(await page.locator(".appearance button").count(), 3, `${name}: the script`);
    }
    assert.deepEqual(problems, []);
  } finally { await page.close(); server.close(); }
});

test("no page holds a style or a handler in its markup", () => {
  for (const folder of [site, path.join(book, "public")]) for (const file of files(folder, ".html")) {
    assert.doesNotMatch(readFileSync(path.join(folder, file), "utf8"), /<[a-z][^>]*\s(style|on[a-z]+)=/i, file);
  }
});

const pagesOf = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;

test("a page on paper shows its text and its address in dark on white, and nothing that only helps on a screen", async () => {
  await everyPage({ colorScheme: "dark" }, async (page, name) => {
    await page.evaluate(() => { document.documentElement.dataset.appearance = "dark"; });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const seen = await page.evaluate(() => {
      const visible = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).map((element) => element.outerHTML.slice(0, 80));
      const style = (selector) => getComputedStyle(document.querySelector(selector));
      return {
        extra: visible("header.top, footer.bottom, .skip, .contents, nav.steps, .to, .backs, .preview, .back:not(.replies)"),
        ink: style("h1").color, paper: style("html").backgroundColor, size: parseFloat(style("body").fontSize),
        address: getComputedStyle(document.querySelector("main"), "::after").content, canonical: document.querySelector("link[rel=canonical]")?.href,
        headings: [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)")].filter((heading) => !["avoid", "avoid-page"].includes(getComputedStyle(heading).breakAfter)).map((heading) => heading.outerHTML),
        wrap: [...document.querySelectorAll("pre")].map((code) => getComputedStyle(code).whiteSpace),
        figures: [...document.querySelectorAll("figure, tr")].map((figure) => getComputedStyle(figure).breakInside),
      };
    });
    assert.deepEqual(seen.extra, [], name);
    assert.deepEqual([seen.ink, seen.paper], ["rgb(31, 29, 26)", "rgb(255, 255, 255)"], name);
    assert.ok(Math.abs(seen.size - 10.75 * 4 / 3) < 0.1, `${name}: ${seen.size}`);
    assert.equal(seen.address, seen.canonical ? `"${seen.canonical}"` : "none", name);
    assert.deepEqual(seen.headings, [], name);
    assert.ok(seen.wrap.every((value) => value === "pre-wrap") && seen.figures.every((value) => value === "avoid"), name);
    await page.emulateMedia({ media: "screen" });
  });
});

test("pages of paper are numbered, and leave the format to the reader", async () => {
  await everyPage({}, async (page, name) => {
    const rules = await page.evaluate(() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSPageRule).map((rule) => rule.cssText));
    assert.equal(rules.length, 1, name);
    assert.match(rules[0], /@bottom-center \{[^}]*counter\(page\)/);
    assert.doesNotMatch(rules[0], /[^-]size:/);
  });
});

test("an essay of a thousand words takes at most three pages of A4, the whole book more than its essays", async () => {
  const page = await browser.newPage();
  let tried = 0;
  try {
    for (const file of files(path.join(site, "essays"), "index.html").filter((name) => name !== "index.html")) {
      await page.goto(`${servers[0].base}/essays/${path.dirname(file)}/`);
      const [words, figures] = await page.evaluate(() => [document.querySelector(".prose").textContent.split(/\s+/).length, document.querySelectorAll(".prose figure").length]);
      if (words > 1300 || figures) continue;
      tried += 1;
      const pages = pagesOf(await page.pdf({ format: "A4" }));
      assert.ok(pages >= 1 && pages <= 3, `${file}: ${words} words on ${pages} pages`);
    }
    assert.ok(tried >= 5, `${tried} essays`);
    for (const format of ["A4", "Letter"]) {
      await page.goto(`${servers[0].base}/print/`);
      const essays = await page.locator("article").count();
      const pages = pagesOf(await page.pdf({ format }));
      assert.ok(pages > essays * 2 && pages < essays * 6, `${pages} pages of ${format}`);
    }
  } finally { await page.close(); }
});

test("replies go onto paper where the settings say so, and only there", async () => {
  for (const [url, isPrinted] of [[`${servers[0].base}/essays/trust-arrives-on-foot/`, false], [`${servers[1].base}/sub/path/essays/keel/`, true]]) {
    const page = await browser.newPage();
    await page.goto(url);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("#replies .reply").first().isVisible(), isPrinted, url);
    await page.close();
  }
});

test("nothing moves for readers who ask for less motion", async () => {
  for (const [reducedMotion, moves] of [["no-preference", true], ["reduce", false]]) {
    const context = await browser.newContext({ reducedMotion, viewport: { width: 1280, height: 900 } });
    await context.addInitScript(() => addEventListener("pagereveal", (event) => { window.crossFades = !!event.viewTransition; }));
    const page = await context.newPage();
    await page.goto(servers[0].base + own.essay);
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => { const style = getComputedStyle(element); return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none" || style.scrollBehavior === "smooth"; }).length);
    assert.equal(moving, 0);
    await page.locator(".top nav a").first().click();
    await page.waitForURL("**/essays/");
    assert.equal(await page.evaluate(() => window.crossFades), moves, reducedMotion);
    await context.close();
  }
});

test("map, cards and focus are seen in forced colours", async () => {
  const context = await browser.newContext({ forcedColors: "active", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(servers[0].base + own.concept);
  const map = await page.evaluate(() => {
    const colour = (name) => { const probe = document.body.appendChild(document.createElement("i")); probe.style.cssText = `forced-color-adjust: none; color: ${name}`; const found = getComputedStyle(probe).color; probe.remove(); return found; };
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return { paper: colour("Canvas"), text: colour("CanvasText"), link: colour("LinkText"), arc: style(".map path").stroke, name: style(".map a text").fill, here: style(".map .here").fill };
  });
  assert.deepEqual([map.arc, map.name, map.here], [map.text, map.link, map.text]);
  assert.notEqual(map.text, map.paper);
  await page.goto(servers[0].base + own.essay);
  await page.keyboard.press("Tab");
  await page.locator(".prose a.concept").first().focus();
  const card = await page.locator(".preview").evaluate((element) => { const style = getComputedStyle(element); return [style.borderTopStyle, parseFloat(style.borderTopWidth), style.borderTopColor !== style.backgroundColor]; });
  assert.deepEqual(card, ["solid", 1, true]);
  const ring = await page.evaluate(() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, parseFloat(style.outlineWidth), style.outlineColor !== getComputedStyle(document.body).backgroundColor]; });
  assert.deepEqual(ring, ["solid", 3, true]);
  await context.close();
});

test("every note is announced as one, named by its number, and leads back to each of its places", () => {
  let count = 0;
  for (const folder of [site, path.join(book, "public")]) for (const file of files(folder, ".html")) {
    const html = readFileSync(path.join(folder, file), "utf8");
    const references = [...html.matchAll(/<a id="([^"]*)" href="#([^"]*)" role="doc-noteref" aria-label="Note (\d+)">\3<\/a>/g)];
    const backs = new Set([...html.matchAll(/<a href="#([^"]*)" role="doc-backlink" aria-label="Back to the text, note \d+/g)].map((found) => found[1]));
    assert.equal(references.length, (html.match(/class="ref"/g) ?? []).length, file);
    assert.equal(references.length > 0, html.includes('role="doc-endnotes"'), file);
    for (const [, id, note, number] of references) {
      count += 1;
      assert.ok(backs.has(id), `${file}: nothing leads back to ${id}`);
      assert.ok(note.endsWith(`n${number}`) && html.includes(`<li id="${note}">`), `${file}: there is no ${note}`);
    }
  }
  assert.ok(count > 20, `${count} notes`);
});

test("a parser of microformats reads the essay and its replies, no date more precise than known", () => {
  const html = readFileSync(path.join(book, "public/essays/keel/index.html"), "utf8");
  const entry = mf2(html, { baseUrl: "https://x.example/sub/path/essays/keel/" }).items.find((item) => item.type.includes("h-entry"));
  const { name, summary, published, content, author, syndication, url, comment } = entry.properties;
  assert.deepEqual([name, summary, published, syndication, url], [["The keel below"], ["What holds it all."], ["2021-03-02"], ["https://www.linkedin.com/pulse/keel"], ["https://x.example/sub/path/essays/keel/"]]);
  assert.match(content[0].value, /Steady trust holds the crew/);
  assert.deepEqual([author[0].type, author[0].properties.name], [["h-card"], ["Ada Quill"]]);
  assert.equal(comment.length, 3, "the held one is not there");
  for (const reply of comment) assert.deepEqual(reply.type, ["h-cite"]);
  const said = comment.map(({ properties }) => [properties.author[0].properties.name[0], properties.published, properties.content[0].value.trim()]);
  assert.deepEqual(said, [["Ola Nordmann", ["2021-03-02"], "The keel I know; trust comes later."], ["A reader", ["2021"], "So it is."], ["A reader", undefined, "Undated."]]);
  assert.match(comment[0].properties.url[0], /^https:\/\/x\.example\/sub\/path\/essays\/keel\/#/);
  for (const file of files(path.join(book, "public"), ".html")) {
    const text = readFileSync(path.join(book, "public", file), "utf8");
    assert.doesNotMatch(text, /\b(ago|yesterday)\b|4 y|Words that wait|Zed Hidden/, file);
    for (const [, day] of text.matchAll(/datetime="([^"]*)"/g)) assert.match(day, /^\d{4}(-\d\d(-\d\d)?)?$/, file);
  }
});

test("a book that was made a moment ago has something to read on every kind of page", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "throughline-new-"));
  try {
    execFileSync(throughline, ["-C", folder, "new", "book"], { cwd: folder });
    const fresh = path.join(folder, "book");
    execFileSync(throughline, ["-C", fresh, "build", "--quiet", "--deny", "warnings"]);
    const pages = files(path.join(fresh, "public"), ".html");
    for (const kind of [/^index/, /^essays\/index/, /^essays\/.+\/index/, /^concepts\/index/, /^concepts\/.+\/index/, /^print\//, /^404/]) assert.ok(pages.some((name) => kind.test(name)), String(kind));
    for (const name of pages) {
      const main = readFileSync(path.join(fresh, "public", name), "utf8").match(/<main[^>]*>([\s\S]*)<\/main>/)[1];
      assert.ok(main.replace(/<[^>]*>/g, " ").split(/\s+/).length >= 12, `${name}: ${main}`);
    }
  } finally { rmSync(folder, { recursive: true }); }
});
