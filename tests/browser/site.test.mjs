// The built book of this repository in a real browser. One test, one behaviour that readers see.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { launch, open as openAt, serve, types } from "./browse.mjs";

const site = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../public");
const folders = (name) => readdirSync(path.join(site, name), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `/${name}/${entry.name}/`).sort();
let browser, server, base, requests;

before(async () => {
  assert.ok(existsSync(path.join(site, "index.html")), "build the book first");
  requests = [];
  ({ server, base } = await serve(site, requests));
  browser = await launch();
});
after(async () => { await browser?.close(); server?.close(); });

const open = (address, options, work) => openAt({ browser, base }, address, options, work);

const kinds = () => ["/", "/essays/", folders("essays")[0], "/concepts/", folders("concepts")[0], folders("series")[0], "/about/", "/404.html"];

test("text is 17 pixels on a phone and 19 on a desktop, with 1.6 lines between", async () => {
  for (const [width, size] of [[360, 17], [1280, 19]]) {
    await open(folders("essays")[0], { viewport: { width, height: 800 } }, async (page) => {
      const style = await page.$eval(".prose > p", (p) => { const s = getComputedStyle(p); return [parseFloat(s.fontSize), parseFloat(s.lineHeight)]; });
      assert.ok(Math.abs(style[0] - size) <= 0.15, `${style[0]} at ${width}`);
      assert.ok(Math.abs(style[1] / style[0] - 1.6) < 0.02);
    });
  }
});

test("no page scrolls sideways", async () => {
  for (const width of [320, 360, 768, 1280]) for (const address of kinds()) {
    await open(address, { viewport: { width, height: 800 } }, async (page) => {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${address} at ${width}: ${over}`);
    });
  }
});

test("lines hold 60 to 72 characters on wide screens and 32 to 48 on a phone", async () => {
  for (const [width, low, high] of [[768, 60, 72], [1280, 60, 72], [1920, 60, 72], [360, 32, 48]]) {
    await open(folders("essays")[0], { viewport: { width, height: 900 } }, async (page) => {
      const mean = await page.evaluate(() => {
        // Lines as they are set: characters with the same top stand in one line; the last line of a paragraph is not full.
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
      assert.ok(mean >= low && mean <= high, `${mean} at ${width}`);
    });
  }
});

test("every page loads without an error, a policy violation or a request to another origin", async () => {
  for (const address of kinds()) for (const colorScheme of ["light", "dark"]) {
    await open(address, { colorScheme }, async (page, problems) => {
      assert.deepEqual(problems.filter((problem) => !problem.includes("404")), [], address);
      assert.equal(await page.locator("h1").count(), 1, address);
    });
  }
});

test("without script the text and the links are the same, and dark follows the system", async () => {
  for (const address of kinds()) {
    const seen = [];
    for (const javaScriptEnabled of [true, false]) {
      await open(address, { javaScriptEnabled, colorScheme: "dark" }, async (page) => {
        seen.push([await page.locator("main").innerText(), await page.locator("main a").count()]);
        const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor).catch(() => "rgb(25, 24, 22)");
        assert.equal(paper, "rgb(25, 24, 22)");
      });
    }
    assert.deepEqual(seen[0], seen[1], address);
  }
});

test("the appearance control has three states, survives a reload, and Auto empties the storage", async () => {
  await open("/", { colorScheme: "light" }, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.equal(await paper(), "rgb(252, 251, 248)");
    await page.getByRole("button", { name: "Dark" }).click();
    assert.equal(await paper(), "rgb(25, 24, 22)");
    await page.reload();
    assert.equal(await paper(), "rgb(25, 24, 22)");
    await page.getByRole("button", { name: "Auto" }).click();
    assert.equal(await paper(), "rgb(252, 251, 248)");
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
});

test("a preview opens on rest and on focus, can be entered, closes with Escape, and makes no request", async () => {
  const essay = folders("essays")[0];
  await open(essay, {}, async (page) => {
    const link = page.locator(".prose a.concept").first();
    await link.scrollIntoViewIfNeeded();
    await page.waitForLoadState("networkidle");
    const before = requests.length;
    await link.hover();
    await page.locator(".preview").waitFor({ timeout: 2000 });
    await page.locator(".preview").hover();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".preview").count(), 0);
    await page.mouse.move(0, 0);
    await page.keyboard.press("Tab");
    await link.focus();
    await page.locator(".preview").waitFor({ timeout: 1000 });
    assert.equal(requests.length, before);
  });
});

test("notes stand beside their references without script and are a list below 76rem", async () => {
  const essay = folders("essays").find((address) => existsSync(path.join(site, address, "index.html")) && hasNotes(address));
  assert.ok(essay, "an essay with notes");
  await open(essay, { javaScriptEnabled: true, viewport: { width: 1280, height: 900 } }, async (page) => {
    const places = await page.evaluate(() => [...document.querySelectorAll(".notes li")].map((note, at) => {
      const box = note.getBoundingClientRect(), reference = document.getElementById(`r${at + 1}`).getBoundingClientRect();
      return { top: box.top, bottom: box.bottom, left: box.left, line: reference.top };
    }));
    let last = -Infinity;
    for (const place of places) {
      assert.ok(Math.abs(place.top - place.line) <= 4 || Math.abs(place.top - last - 16) <= 4, JSON.stringify(places));
      assert.ok(place.top >= last, "no overlap");
      last = place.bottom;
    }
  });
  await open(essay, { viewport: { width: 1215, height: 900 } }, async (page) => {
    const position = await page.$eval(".notes li", (note) => getComputedStyle(note).position);
    assert.equal(position, "static");
  });
});

function hasNotes(address) { return readFileSync(path.join(site, address, "index.html"), "utf8").includes('id="n3"'); }

test("a passage on a concept's page lands on its paragraph, in view", async () => {
  await open(folders("concepts")[0], {}, async (page) => {
    assert.ok(await page.locator(".appearance mark").count() > 0);
    await page.locator(".appearance a.to").first().click();
    await page.waitForLoadState();
    const isInView = await page.evaluate(() => { const box = document.querySelector(":target")?.getBoundingClientRect(); return !!box && box.top < innerHeight && box.bottom > 0; });
    assert.ok(isInView);
  });
});

test("no page scrolls sideways with the text spacing of WCAG 1.4.12", async () => {
  for (const address of kinds()) {
    await open(address, { viewport: { width: 320, height: 800 }, bypassCSP: true }, async (page) => {
      await page.addStyleTag({ content: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }" });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${address}: ${over}`);
    });
  }
});

test("notes stand beside their lines or below one another on every kind of page, without script", async () => {
  const book = mkdtempSync(path.join(tmpdir(), "throughline-notes-"));
  try {
    const noted = (count) => Array.from({ length: count }, (_, at) => `${"A few plain words stand here. ".repeat(at % 4 + 1)}[^n${at}]\n\n[^n${at}]: ${"The note says a little more. ".repeat(at % 3 + 1)}\n`).join("\n");
    const files = {
      "book.toml": 'title = "Notes"\n',
      "content/essays/one.md": `+++\ntitle = "One"\ndate = 2020-01-02\n+++\n${noted(45)}`,
      "content/pages/more.md": `+++\ntitle = "More"\n+++\n${noted(3)}`,
      "content/concepts/calm.md": `+++\ntitle = "calm"\n+++\n${noted(3)}`,
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(book, name)), { recursive: true });
      writeFileSync(path.join(book, name), text);
    }
    execFileSync(path.resolve(site, "../target/debug/throughline"), ["-C", book, "build", "--quiet", "--deny", "warnings"]);
    const page = await browser.newPage({ viewport: { width: 1216, height: 900 }, javaScriptEnabled: false });
    await page.route("**/*", async (route) => {
      const url = new URL(route.request().url());
      const file = path.join(book, "public", url.pathname, url.pathname.endsWith("/") ? "index.html" : "");
      await route.fulfill({ body: readFileSync(file), contentType: types[path.extname(file)] });
    });
    for (const [address, count] of [["/essays/one/", 45], ["/more/", 3], ["/concepts/calm/", 3]]) {
      await page.goto(base + address);
      const places = await page.evaluate(() => [...document.querySelectorAll(".notes li")].map((note, at) => {
        const box = note.getBoundingClientRect(), reference = document.getElementById(`r${at + 1}`).getBoundingClientRect();
        return { top: box.top, bottom: box.bottom, left: box.left, right: box.right, line: reference.top };
      }));
      const text = await page.$eval(".prose", (prose) => { const box = prose.getBoundingClientRect(); return { right: box.right, bottom: box.bottom }; });
      assert.equal(places.length, count);
      places.slice(0, 40).forEach((place, at) => {
        const before = at ? places[at - 1].bottom : -Infinity;
        assert.ok(place.left > text.right && place.right <= 1216, `${address}: note ${at + 1} is not in the margin`);
        assert.ok(place.top >= before, `${address}: note ${at + 1} overlaps the one before`);
        assert.ok(Math.abs(place.top - place.line) <= 4 || Math.abs(place.top - before - 16) <= 4, `${address}: note ${at + 1}: ${JSON.stringify(place)} after ${before}`);
      });
      places.slice(40).forEach((place, at) => assert.ok(place.top >= (at ? places[39 + at].bottom : text.bottom), `${address}: note ${at + 41} is not below the text`));
    }
    await page.close();
  } finally { rmSync(book, { recursive: true }); }
});

test("an essay asks for at most six files besides its pictures", async () => {
  for (const address of folders("essays")) {
    const before = requests.length;
    await open(address, {}, async (page) => { await page.waitForLoadState("networkidle"); });
    const own = requests.slice(before).filter((asked) => asked === address || !asked.startsWith(address));
    assert.ok(own.length <= 6, `${address}: ${own.join(" ")}`);
  }
});

test("readers who ask for more contrast get black and white in either scheme", async () => {
  for (const [colorScheme, paper] of [["light", "rgb(255, 255, 255)"], ["dark", "rgb(0, 0, 0)"]]) {
    await open("/", { colorScheme, contrast: "more" }, async (page) => {
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), paper, colorScheme);
    });
  }
});

test("every focusable element shows a ring of 3 pixels and is large enough to hit", async () => {
  for (const address of kinds()) {
    await open(address, { viewport: { width: 360, height: 800 } }, async (page) => {
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
      assert.deepEqual(bad, [], address);
    });
  }
});

test("colours keep their contrast on both papers", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await open("/", { colorScheme }, async (page) => {
      const value = await page.evaluate(() => Object.fromEntries(["paper", "raised", "ink", "soft", "link", "visited", "edge", "focus", "mark", "mark-ink", "error", "good", "k", "s", "n", "f", "c"].map((name) => [name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()])));
      const light = (hex) => { const [r, g, b] = hex.slice(1).match(/../g).map((two) => { const c = parseInt(two, 16) / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
      for (const [name, least] of [["ink", 7], ["soft", 4.5], ["link", 4.5], ["visited", 4.5], ["edge", 3], ["focus", 3], ["error", 4.5], ["good", 4.5], ["k", 4.5], ["s", 4.5], ["n", 4.5], ["f", 4.5], ["c", 4.5]]) {
        for (const paper of ["paper", "raised"]) assert.ok(ratio(value[name], value[paper]) >= least, `${name} on ${paper}, ${colorScheme}: ${ratio(value[name], value[paper])}`);
      }
      assert.ok(ratio(value["mark-ink"], value.mark) >= 7);
    });
  }
});

test("Enter on a reference outlines its note, Tab reaches the way back, Enter returns", async () => {
  const essay = folders("essays").find((address) => hasNotes(address));
  for (const width of [1280, 700]) {
    await open(essay, { viewport: { width, height: 900 } }, async (page) => {
      await page.locator("#r1").focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.querySelector(":target")?.id), "n1");
      assert.notEqual(await page.$eval("#n1", (note) => getComputedStyle(note).outlineStyle), "none");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "doc-backlink");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.querySelector(":target")?.id), "r1");
    });
  }
});

test("previews stay away from touch", async () => {
  await open(folders("essays")[0], { hasTouch: true, viewport: { width: 390, height: 800 } }, async (page) => {
    const link = page.locator(".prose a.concept").first();
    await link.evaluate((element) => element.addEventListener("click", (event) => event.preventDefault()));
    await link.tap();
    assert.equal(await page.locator(".preview").count(), 0);
  });
});

test("a preview waits 450 ms before it opens and 300 ms before it closes", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  // The page's own clock is stopped and moved by hand, so that no timing of this machine can decide the test.
  await page.clock.install();
  await page.goto(base + folders("essays")[0]);
  await page.clock.pauseAt(Date.now() + 3_600_000);
  const link = page.locator(".prose a.concept").first();
  const isOpen = async () => await page.locator(".preview").count() === 1;
  await link.scrollIntoViewIfNeeded();
  const to = async (locator) => { const box = await locator.boundingBox(); await page.mouse.move(box.x + 4, box.y + box.height / 2); };
  await to(link);
  await page.clock.runFor(440);
  assert.equal(await isOpen(), false, "440 ms after the pointer came");
  await page.clock.runFor(20);
  assert.equal(await isOpen(), true, "460 ms after the pointer came");
  await page.mouse.move(2, 2);
  await page.clock.runFor(290);
  assert.equal(await isOpen(), true, "290 ms after the pointer left");
  await to(page.locator(".preview"));
  await page.clock.runFor(5000);
  assert.equal(await isOpen(), true, "the pointer is on the card");
  await page.mouse.move(2, 2);
  await page.clock.runFor(310);
  assert.equal(await isOpen(), false, "310 ms after the pointer left the card");
  await context.close();
});

test("a stored choice is there before the first frame", async () => {
  for (const [choice, system, paper] of [["dark", "light", "rgb(25, 24, 22)"], ["light", "dark", "rgb(252, 251, 248)"]]) {
    const context = await browser.newContext({ colorScheme: system });
    await context.addInitScript((value) => {
      localStorage.setItem("appearance", value);
      window.papers = [];
      const look = () => { if (document.body) window.papers.push(getComputedStyle(document.documentElement).backgroundColor); requestAnimationFrame(look); };
      requestAnimationFrame(look);
    }, choice);
    const page = await context.newPage();
    // The scripts at the end of the head come late: a frame painted without them would be seen here.
    await page.route(/script\.[0-9a-f]+\.js$/, async (route) => { await new Promise((resolve) => setTimeout(resolve, 300)); await route.continue(); });
    await page.goto(base + folders("essays")[0]);
    await page.waitForFunction(() => window.papers.length > 3);
    assert.deepEqual(await page.evaluate(() => [...new Set(window.papers)]), [paper], `${choice} on a ${system} system`);
    await context.close();
  }
});

test("fonts that come two seconds late leave the text visible and move nothing", async () => {
  for (const width of [360, 1280]) {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
    });
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route(/\.woff2$/, async (route) => { await held; await route.continue(); });
    await page.goto(base + folders("essays")[0], { waitUntil: "commit" });
    await page.waitForFunction(() => document.querySelector("footer.bottom .appearance"));
    // `swap` shows the fallback at once: its glyphs are laid out while the font is on its way.
    const before = await page.evaluate(() => ({ loading: document.fonts.status, width: document.querySelector("h1").firstChild && (() => { const range = document.createRange(); range.selectNodeContents(document.querySelector("h1")); return range.getBoundingClientRect().width; })() }));
    assert.equal(before.loading, "loading");
    assert.ok(before.width > 100);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    release();
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(200);
    assert.ok(await page.evaluate(() => window.shift) <= 0.005, `shift ${await page.evaluate(() => window.shift)} at ${width}`);
    await context.close();
  }
});

test("the concept map keeps its labels at 12 pixels or more on a narrow phone, in at most 4 KB", async () => {
  let maps = 0;
  for (const address of folders("concepts")) {
    const source = readFileSync(path.join(site, address, "index.html"), "utf8").match(/<svg[\s\S]*?<\/svg>/)?.[0];
    if (!source) continue;
    maps += 1;
    assert.ok(Buffer.byteLength(source) <= 4096, `${address}: ${Buffer.byteLength(source)} bytes`);
    await open(address, { viewport: { width: 320, height: 800 } }, async (page) => {
      const sizes = await page.$$eval(".map text", (labels) => labels.map((label) => parseFloat(getComputedStyle(label).fontSize) * label.getScreenCTM().a));
      assert.ok(sizes.length > 1 && Math.min(...sizes) >= 12, `${address}: ${sizes}`);
    });
  }
  assert.ok(maps >= 5, `${maps} maps`);
});
