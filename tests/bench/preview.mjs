// Times the preview as an author meets it: from the save of a file to the frame in which Chromium has painted the change, from
// the start of the program to its first page, and what it costs in memory and open files.
//
//   node tests/bench/preview.mjs [--essays 200,1000,10000] [--edits 5000]
//
// wants `cargo build --release`, `cargo bench --no-run` and `npm ci` in tests/browser. `--edits` saves so many times more and
// looks at memory and files again.
import { spawn, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { chromium } = createRequire(path.join(project, "tests/browser/package.json"))("playwright-core");
const program = process.env.THROUGHLINE ?? path.join(project, "target/release/throughline");
const option = (name, fallback) => { const at = process.argv.indexOf(name); return at < 0 ? fallback : process.argv[at + 1]; };
const sizes = option("--essays", "200,1000,10000").split(",").map(Number);
const edits = Number(option("--edits", "0"));
const SAVES = 20;

const now = () => performance.timeOrigin + performance.now();
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Starts a preview and waits until this page of it is there.
async function start(book, address) {
  const begun = now();
  const child = spawn(program, ["-C", book, "serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  const base = await new Promise((found, failed) => {
    child.stdout.on("data", (part) => {
      said += part;
      const url = said.match(/http:\/\/[\d.]+:\d+/);
      if (url) found(url[0]);
    });
    child.on("exit", () => failed(new Error(`the preview ended: ${said}`)));
  });
  const answer = await fetch(base + address);
  await answer.text();
  return { child, base, took: now() - begun };
}

const memory = (child) => {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024;
};
const files = (child) => readdirSync(`/proc/${child.pid}/fd`).length;

// In the page: resolves with the time of the frame in which an element holds this text.
const painted = (text) => new Promise((done) => {
  const settle = () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.timeOrigin + performance.now());
    port2.postMessage(null);
  });
  const is = () => document.body.textContent.includes(text);
  if (is()) { settle(); return; }
  const watch = new MutationObserver(() => { if (is()) { watch.disconnect(); settle(); } });
  watch.observe(document, { childList: true, characterData: true, subtree: true });
});

async function save(page, file, text, marker) {
  const seen = page.evaluate(painted, marker);
  await pause(150); // Long enough for the page to watch, and for everything before to be over.
  const begun = now();
  writeFileSync(file, text);
  return (await seen) - begun;
}

const rows = [["", "median", "slowest", "limit"]];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const LIMITS = { 200: [60, 300], 1000: [100, 300], 10000: [250, 1500] };
for (const essays of sizes) {
  const folder = mkdtempSync(path.join(tmpdir(), "throughline-preview-"));
  execFileSync("cargo", ["bench", "-q", "--", "inputs", folder, "0", String(essays)], { cwd: project, stdio: "ignore" });
  const book = path.join(folder, "book");
  const name = readdirSync(path.join(book, "content/essays")).sort()[Math.floor(essays / 2)].replace(/\.md$/, "");
  const essay = path.join(book, "content/essays", `${name}.md`);
  const text = readFileSync(essay, "utf8");
  const [limit, first] = LIMITS[essays] ?? ["", ""];
  const starts = [];
  for (let at = 0; at < 4; at += 1) {
    const { child, took } = await start(book, `/essays/${name}/`);
    starts.push(took);
    child.kill("SIGKILL");
    await new Promise((ended) => child.on("exit", ended));
  }
  rows.push([`${essays}: start to first page`, median(starts), Math.max(...starts), first]);
  const { child, base } = await start(book, `/essays/${name}/`);
  try {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(`${base}/essays/${name}/`);
    await pause(3000);
    const [rss, open] = [memory(child), files(child)];
    const times = [];
    for (let at = 0; at < SAVES; at += 1) times.push(await save(page, essay, `${text}\n\nSaved the ${at}th time.\n`, `Saved the ${at}th time.`));
    rows.push([`${essays}: save to painted change`, median(times), Math.max(...times), limit]);
    const templates = path.join(book, "themes/default/templates");
    mkdirSync(templates, { recursive: true });
    const own = (at) => `{% extends "default/essay.html" %}{% block footer %}<footer class="bottom"><p>Template ${at}.</p></footer>{% endblock %}`;
    const turns = [];
    for (let at = 0; at < SAVES; at += 1) turns.push(await save(page, path.join(templates, "essay.html"), own(at), `Template ${at}.`));
    rows.push([`${essays}: template edit to painted change`, median(turns.slice(1)), Math.max(...turns.slice(1)), essays === 10000 ? 300 : ""]);
    rows.push([`${essays}: memory, MB`, rss, memory(child), essays === 10000 ? 700 : ""]);
    if (edits > 0) {
      const before = memory(child);
      const files = readdirSync(path.join(book, "content/essays")).map((file) => path.join(book, "content/essays", file));
      const edition = async () => (await (await fetch(`${base}/_throughline/page?at=/`)).json()).edition;
      let last = await edition();
      for (let at = 0; at < edits; at += 1) {
        const file = files[(at * 7919) % files.length];
        writeFileSync(file, `${readFileSync(file, "utf8")}\n\nEdit ${at}.\n`);
        while ((await edition()) === last) await pause(2);
        last = await edition();
      }
      await pause(2000);
      rows.push([`${essays}: memory after ${edits} edits, MB (before, after)`, before, memory(child), Math.round(before * 1.2)]);
    }
    rows.push([`${essays}: open files (before, after)`, open, files(child), open]);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}
await browser.close();
const cell = (value) => typeof value === "number" ? value.toFixed(value < 10000 ? 0 : 0) : value;
for (const [what, ...figures] of rows) console.log(what.padEnd(56) + figures.map((figure) => String(cell(figure)).padStart(10)).join(""));
