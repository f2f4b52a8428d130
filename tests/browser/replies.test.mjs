// A long conversation under an essay, as readers meet it in a real browser. The book is made and built here.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { launch, open as openAt, serve } from "./browse.mjs";
import { build } from "./thread.mjs";

const essay = "/essays/one/";
const pages = [essay, "/essays/two/", "/replies/", "/concepts/trust/"];
let book, browser, server, base;

before(async () => {
  book = build();
  ({ server, base } = await serve(path.join(book, "public")));
  browser = await launch();
});
after(async () => { await browser?.close(); server?.close(); if (book) rmSync(book, { recursive: true }); });

const open = (address, options, work) => openAt({ browser, base }, address, options, work);
const unfold = async (page) => { for (const summary of await page.$$("details:not([open]) > summary")) await summary.click(); };
const isInView = (page, id) => page.evaluate((id) => { const box = document.getElementById(id).getBoundingClientRect(); return box.height > 0 && box.top >= -1 && box.top < innerHeight; }, id);
const lastFolded = (page) => page.$eval(".replies details .reply:last-child", (reply) => reply.id);

test("a long thread never scrolls sideways, folded or not, on phones and desktops", async () => {
  for (const address of pages) for (const width of [320, 360, 1280]) {
    await open(address, { viewport: { width, height: 800 } }, async (page) => {
      await unfold(page);
      const [over, cut] = await page.evaluate(() => [document.documentElement.scrollWidth - document.documentElement.clientWidth,
        [...document.querySelectorAll(".reply *")].filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 && getComputedStyle(part).display !== "inline").map((part) => part.outerHTML.slice(0, 80))]);
      assert.ok(over <= 0, `${address} at ${width}: ${over}`);
      assert.deepEqual(cut, [], `${address} at ${width}: nothing in a reply has a scroll bar of its own`);
    });
  }
});

test("more than eight replies fold at the beginning of a thread, and the fold opens without script", async () => {
  await open(essay, { javaScriptEnabled: false }, async (page) => {
    const open = await page.locator(".replies > .thread > .reply").count();
    assert.equal(open, 8);
    const last = page.locator(".replies details .reply").last();
    assert.equal(await last.isVisible(), false);
    await page.locator(".replies summary").click();
    assert.equal(await last.isVisible(), true);
  });
  await open("/essays/two/", {}, async (page) => assert.equal(await page.locator("details").count(), 0));
});

test("the address of a folded reply opens the fold and brings the reply into view", async () => {
  // Without script it is the browser that opens a `details` around what an address names, and `:target` that outlines it.
  for (const javaScriptEnabled of [true, false]) {
    let id;
    await open(essay, { javaScriptEnabled }, async (page) => { id = await lastFolded(page); });
    await open(`${essay}#${id}`, { javaScriptEnabled, viewport: { width: 360, height: 700 } }, async (page) => {
      assert.equal(await page.locator(".replies details[open]").count(), 1, `script: ${javaScriptEnabled}`);
      assert.ok(await isInView(page, id), `script: ${javaScriptEnabled}`);
      assert.notEqual(await page.$eval(`#${id}`, (reply) => getComputedStyle(reply).outlineStyle), "none");
    });
  }
});

test("where the browser does not open the fold of an address, the script does", async () => {
  await open(essay, { viewport: { width: 360, height: 700 } }, async (page) => {
    const id = await lastFolded(page);
    // An address that is set by script opens nothing by itself, as in browsers that never do.
    await page.evaluate((id) => history.pushState(null, "", `#${id}`), id);
    assert.equal(await page.locator(".replies details[open]").count(), 0);
    await page.evaluate(() => dispatchEvent(new HashChangeEvent("hashchange")));
    assert.equal(await page.locator(".replies details[open]").count(), 1);
    assert.ok(await isInView(page, id));
  });
});

test("answers are indented three levels deep, and deeper ones stand flat and say whom they answer", async () => {
  for (const width of [320, 1280]) {
    await open(essay, { viewport: { width, height: 800 } }, async (page) => {
      await unfold(page);
      const seen = await page.$$eval(".reply.h-cite", (replies) => replies.map((reply) => {
        const to = reply.querySelector(".meta a:has(bdi)");
        return { name: reply.querySelector(".p-name").textContent, left: Math.round(reply.getBoundingClientRect().left), width: reply.getBoundingClientRect().width,
          to: to?.textContent, answered: to && document.getElementById(new URL(to.href).hash.slice(1))?.querySelector(".p-name")?.textContent };
      }));
      const of = (name) => seen.find((reply) => reply.name === name);
      const steps = [of("Ada Quill"), of("Bruno Marsh"), of("Carla Stone")].map((reply) => reply.left);
      assert.ok(steps[0] < steps[1] && steps[1] < steps[2], `${steps}`);
      assert.ok(of("Carla Stone").width >= 240, `${of("Carla Stone").width} at ${width}`);
      for (const [name, to] of [["Dario Birch", "Carla Stone"], ["The Author", "Dario Birch"], ["A reader", "The Author"], ["Mira Stone", "Lars Marsh"]]) {
        assert.deepEqual([of(name).left, of(name).to, of(name).answered], [steps[2], to, to], name);
      }
      assert.equal(of("Gita Reed").to, "a reader");
      assert.equal(of("Carla Stone").to, undefined);
    });
  }
});

test("ids are unique on every page, and those of replies have a beginning of their own", async () => {
  for (const address of pages) {
    await open(address, {}, async (page) => {
      const [ids, replies] = await page.evaluate(() => [[...document.querySelectorAll("[id]")].map((part) => part.id), [...document.querySelectorAll(".reply")].map((reply) => reply.id)]);
      assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], address);
      assert.ok(replies.every((id) => /^reply-[0-9a-f]+$/.test(id)), `${replies}`);
    });
  }
});

test("nothing is asked of other hosts, and nothing goes wrong", async () => {
  for (const address of pages) {
    await open(address, {}, async (page, problems) => {
      await unfold(page);
      await page.waitForLoadState("networkidle");
      assert.deepEqual(problems, [], address);
    });
  }
});

test("without script the replies say the same and lead to the same places", async () => {
  for (const address of pages) {
    const seen = [];
    for (const javaScriptEnabled of [true, false]) {
      await open(address, { javaScriptEnabled }, async (page) => {
        await unfold(page);
        seen.push([await page.locator("main").innerText(), await page.$$eval("main a", (links) => links.map((link) => link.getAttribute("href")))]);
      });
    }
    assert.deepEqual(seen[0], seen[1], address);
  }
});

test("a reply in Arabic is set from right to left, and its name moves nothing else", async () => {
  await open(essay, { viewport: { width: 360, height: 800 } }, async (page) => {
    await unfold(page);
    const sides = (name) => page.$$eval(".reply.h-cite", (replies, name) => {
      const reply = replies.find((reply) => reply.querySelector(".p-name").textContent.startsWith(name));
      const content = reply.querySelector(".e-content"), quote = content.querySelector("blockquote"), range = document.createRange();
      range.selectNodeContents(content.querySelector("p"));
      const box = content.getBoundingClientRect(), lines = [...range.getClientRects()], last = lines.at(-1);
      return { direction: getComputedStyle(content).direction, left: last.left - box.left, right: box.right - last.right,
        border: quote && getComputedStyle(quote).borderRightStyle, meta: getComputedStyle(reply.querySelector(".meta")).direction,
        nameFirst: reply.querySelector(".p-name").getBoundingClientRect().left - reply.getBoundingClientRect().left };
    }, name);
    const arabic = await sides("\u0644\u064a\u0644\u0649"), chinese = await sides("\u738b");
    assert.ok(arabic.direction === "rtl" && arabic.right < 2 && arabic.left > 2 && arabic.border === "solid", JSON.stringify(arabic));
    assert.ok(arabic.meta === "ltr" && arabic.nameFirst < 2, JSON.stringify(arabic));
    assert.ok(chinese.direction === "ltr" && chinese.left < 2, JSON.stringify(chinese));
  });
});

test("dates are as precise as they are known, and never relative", async () => {
  for (const address of [essay, "/replies/"]) {
    await open(address, {}, async (page) => {
      await unfold(page);
      const dates = await page.$$eval(".reply time", (times) => times.map((time) => [time.dateTime, time.textContent]));
      assert.ok(dates.length >= 15, `${dates.length}`);
      for (const [written, shown] of dates) {
        assert.match(written, /^\d{4}-\d\d-\d\d$/);
        assert.equal(shown, new Date(written).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }));
      }
      const rest = await page.$$eval(".reply.h-cite", (replies) => replies.map((reply) => [reply.querySelector("time"), reply.querySelector(".meta").textContent]).filter(([time, meta]) => !time && meta.includes("via LinkedIn")).map(([, meta]) => meta));
      assert.equal(rest.length, 4);
      assert.ok(rest.every((meta) => meta.includes("about 2022") && !meta.includes("4 y")), `${rest}`);
    });
  }
});

test("what a reply is about, who wrote it and how to have it removed are said in words", async () => {
  await open(essay, {}, async (page) => {
    await unfold(page);
    const first = page.locator(".reply").first();
    const quoted = first.locator("blockquote.on a");
    assert.equal(await quoted.textContent(), "It leaves on horseback.");
    const own = page.locator(".reply", { has: page.locator(".p-name", { hasText: "The Author" }) }).locator(".badge");
    assert.equal(await own.textContent(), "author");
    assert.equal(await page.getByText("via LinkedIn").count(), await page.locator(".reply.h-cite").count());
    assert.equal(await page.locator(".reply a", { hasText: "Ask for removal" }).count(), await page.locator(".reply.h-cite").count());
    assert.match(await page.locator(".replies > .meta").last().textContent(), /^Continue on LinkedIn or Medium$/);
    assert.equal(await page.locator(".reply:not(.h-cite)").count(), 2);
    assert.equal((await page.content()).includes("Words that are nowhere"), false);
    await quoted.click();
    assert.ok(await page.evaluate(() => document.querySelector(":target").textContent.includes("It leaves on horseback.")));
  });
});

test("every stop of the keyboard in a thread has a name, a ring of 3 pixels and a target of 24", async () => {
  for (const address of [essay, "/replies/"]) {
    await open(address, { viewport: { width: 320, height: 800 } }, async (page) => {
      await unfold(page);
      const stops = page.locator(".reply .meta a, .reply .on a, .replies summary");
      const bad = [];
      for (const stop of await stops.all()) {
        await stop.focus();
        const found = await stop.evaluate((element) => {
          const style = getComputedStyle(element), box = element.getBoundingClientRect();
          return { what: element.outerHTML.slice(0, 120), name: (element.getAttribute("aria-label") ?? element.textContent).trim(), ring: parseFloat(style.outlineWidth), width: box.width, height: box.height, isInText: !!element.closest(".on") };
        });
        if (!found.name || found.ring < 3 || !found.isInText && (found.width < 23.9 || found.height < 23.9)) bad.push(found);
      }
      assert.deepEqual(bad, [], address);
    });
  }
});

test("words of a thread keep their contrast on both papers, and its list holds nothing but replies", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await open(essay, { colorScheme }, async (page) => {
      await unfold(page);
      const found = await page.evaluate(() => {
        const numbers = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number);
        const light = (color) => { const [r, g, b] = numbers(color).map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
        const behind = (part) => { for (let at = part; at; at = at.parentElement) { const color = getComputedStyle(at).backgroundColor; if (color !== "rgba(0, 0, 0, 0)") return color; } return "rgb(255, 255, 255)"; };
        const worst = [...document.querySelectorAll(".replies *")].filter((part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
          .map((part) => [ratio(getComputedStyle(part).color, behind(part)), part.outerHTML.slice(0, 80)]).sort((a, b) => a[0] - b[0])[0];
        return { worst, strange: [...document.querySelectorAll(".thread > *:not(li)")].length };
      });
      assert.ok(found.worst[0] >= 4.5, `${colorScheme}: ${found.worst}`);
      assert.equal(found.strange, 0);
    });
  }
});

test("no reply is wider than the text of its essay, whose lines are measured elsewhere", async () => {
  await open(essay, { viewport: { width: 1280, height: 900 } }, async (page) => {
    await page.evaluate(() => document.fonts.ready);
    const widths = await page.$$eval(".reply", (replies) => replies.map((reply) => reply.getBoundingClientRect().width));
    const text = await page.$eval(".prose", (prose) => prose.getBoundingClientRect().width);
    assert.ok(Math.max(...widths) <= text + 0.5, `${Math.max(...widths)} beside ${text}`);
  });
});
