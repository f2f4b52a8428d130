// The preview's part in the browser: takes over what changed without losing the reader's place, and shows what only the author
// should see. `build` writes none of it.
"use strict";

(() => {
  const OWN = "/_throughline/";
  const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, pre, blockquote, figure, table";
  // A page waits so long for a new style sheet before it is shown without it.
  const PATIENCE = 2000;

  // ---- what the server sent ----

  // Elements of the page as it was sent; others were put there by scripts and stay where they are.
  const sent = new WeakSet();
  const remember = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    sent.add(root);
    for (const element of root.querySelectorAll("*")) sent.add(element);
  };
  remember(document.documentElement);

  // Scripts run once: a page with other scripts, or another policy, is loaded anew.
  const program = (page) => {
    const scripts = [...page.querySelectorAll("script")].map((script) => script.getAttribute("src") ?? script.textContent);
    const policy = page.querySelector("meta[http-equiv='Content-Security-Policy']")?.content;
    return JSON.stringify([scripts, policy]);
  };
  const running = program(document);

  // The browser's own way of keeping the place would be added to ours.
  const still = new CSSStyleSheet();
  still.replaceSync("html { overflow-anchor: none }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];

  // ---- taking over a new version of the page ----

  let turn = 0;

  async function refresh() {
    const mine = ++turn;
    let answer, text;
    try {
      answer = await fetch(location.pathname, { cache: "no-cache", headers: { accept: "text/html" } });
      text = await answer.text();
    } catch { return; } // The server is away; whoever hears it come back asks again.
    if (mine !== turn || answer.status === 500) return;
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    if (program(page) !== running) { location.reload(); return; }
    await bring(page);
    if (mine !== turn) return;
    morph(page);
  }

  // Puts new style sheets beside the old ones and waits for them, so that no frame is without style.
  async function bring(page) {
    const address = (link) => new URL(link.getAttribute("href"), location.href).href;
    const links = (root) => [...root.querySelectorAll("head > link[rel~='stylesheet']")];
    const known = new Set(links(document).map(address));
    const fresh = links(page).filter((link) => !known.has(address(link)));
    if (fresh.length === 0) return;
    const wanted = new Set(links(page).map(address));
    const stale = links(document).filter((link) => !wanted.has(address(link)));
    const loaded = fresh.map((link) => new Promise((done) => {
      const copy = document.importNode(link);
      copy.addEventListener("load", done);
      copy.addEventListener("error", done);
      setTimeout(done, PATIENCE);
      (stale[0] ?? document.head.lastElementChild).before(copy);
      sent.add(copy);
    }));
    await Promise.all(loaded);
    for (const link of stale) link.remove();
  }

  function morph(page) {
    const place = hold();
    const changed = [];
    Idiomorph.morph(document.documentElement, page.documentElement, {
      head: { style: "merge" },
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: (old, now) => !old.isEqualNode(now),
        afterNodeMorphed: (old) => { if (old.nodeType === Node.ELEMENT_NODE) changed.push(old); },
        afterNodeAdded: (node) => { remember(node); changed.push(node); },
        beforeNodeRemoved: (node) => node.nodeType !== Node.ELEMENT_NODE || sent.has(node),
        // What the reader unfolded stays unfolded, and the chosen appearance stays chosen.
        beforeAttributeUpdated: (name, node) =>
          !(name === "open" && node.localName === "details") && !(node === document.documentElement && name.startsWith("data-")),
      },
    });
    place();
    follow(changed);
  }

  // Remembers the reader's place; the function it returns goes back there.
  function hold() {
    const first = [...document.querySelectorAll(BLOCKS)].find((block) => {
      const box = block.getBoundingClientRect();
      return box.bottom > 0 && box.height > 0 && !block.querySelector(BLOCKS);
    });
    const top = first?.getBoundingClientRect().top;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    return () => {
      if (first?.isConnected && scrollY > 0) {
        const moved = first.getBoundingClientRect().top - top;
        if (moved !== 0) scrollBy({ top: moved, behavior: "instant" });
      }
      if (!anchorNode?.isConnected || !focusNode?.isConnected) return;
      const now = getSelection();
      if (now.anchorNode === anchorNode && now.anchorOffset === anchorOffset && now.focusNode === focusNode && now.focusOffset === focusOffset) return;
      const length = (node) => node.nodeType === Node.TEXT_NODE ? node.length : node.childNodes.length;
      now.setBaseAndExtent(anchorNode, Math.min(anchorOffset, length(anchorNode)), focusNode, Math.min(focusOffset, length(focusNode)));
    };
  }

  // Shows what changed where it is out of sight, for those who want it.
  function follow(changed) {
    if (kept("scroll") !== "yes") return;
    const main = document.querySelector("main");
    const blocks = changed.map((node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(BLOCKS))
      .filter((block) => block?.isConnected && main?.contains(block) && !block.querySelector(BLOCKS));
    blocks.sort((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    const box = blocks[0]?.getBoundingClientRect();
    if (box && (box.bottom < 0 || box.top > innerHeight)) blocks[0].scrollIntoView({ block: "center", behavior: "instant" });
  }

  // ---- news ----

  let run = null, edition = null, isGone = false;

  // The path of this page from the root of the site; the site may stand below a path of its own.
  const base = (news) => news.base && location.pathname.startsWith(`${news.base}/`) ? news.base : "";

  function hear(news) {
    if (news.isGone) { isGone = true; show(); return; }
    isGone = false;
    if (news.run === run && news.edition === edition) { show(); return; }
    const here = location.pathname.slice(base(news).length);
    const moved = news.moved?.[here];
    if (moved) history.replaceState(history.state, "", base(news) + moved + location.hash);
    const edited = news.edited ?? [];
    if (news.follow && edited.length > 0 && !moved && !edited.includes(here) && document.visibilityState === "visible") {
      location.assign(base(news) + edited[0]);
      return;
    }
    [run, edition] = [news.run, news.edition];
    refresh().then(ask);
  }

  if (typeof SharedWorker === "function") {
    const { port } = new SharedWorker(`${OWN}worker.js`, "throughline");
    port.onmessage = (event) => hear(event.data);
    addEventListener("pagehide", () => port.postMessage("bye"));
    // A page that comes back from the browser's memory is heard of no more, and old.
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  } else {
    const source = new EventSource("/_throughline/events");
    source.onmessage = (event) => hear(JSON.parse(event.data));
    source.onerror = () => hear({ isGone: true });
  }

  // ---- what only the author sees ----

  const kept = (name) => { try { return localStorage.getItem(`throughline-${name}`); } catch { return null; } };
  const keep = (name, value) => { try { localStorage.setItem(`throughline-${name}`, value); } catch { /* storage is blocked: for this page only */ } };

  const host = document.createElement("throughline-preview");
  const root = host.attachShadow({ mode: "open" });
  const make = (name, options = {}, ...inside) => {
    const element = document.createElement(name);
    const { text, on, ...rest } = options;
    for (const [key, value] of Object.entries(rest)) if (value !== null && value !== undefined) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    for (const [event, work] of Object.entries(on ?? {})) element.addEventListener(event, work);
    element.append(...inside.filter((part) => part !== null && part !== undefined));
    return element;
  };

  const style = make("link", { rel: "stylesheet", href: `${OWN}client.css` });
  // Nothing of it is seen before its style is there.
  const frame = make("div", { class: "frame", hidden: "" });
  style.addEventListener("load", () => { frame.hidden = false; });
  const alert = make("div", { role: "alert" });
  const age = make("p", { class: "age" });
  const sheet = make("section", { class: "sheet", "aria-label": "Problem", hidden: "" },
    make("button", { type: "button", class: "close", "aria-label": "Close", text: "×", on: { click: () => dismiss() } }), alert, age);
  const panel = make("aside", { class: "panel", "aria-label": "For the author", id: "panel", hidden: "" });
  const toggle = make("button", { type: "button", class: "toggle", "aria-controls": "panel", "aria-expanded": "false", hidden: "", on: { click: () => open(panel.hidden) } });
  const said = make("p", { class: "said", role: "status" });
  frame.append(sheet, panel, toggle, said);
  root.append(style, frame);
  document.documentElement.append(host);

  let about = null, dismissed = "";

  async function ask() {
    try {
      const answer = await fetch(`${OWN}page?at=${encodeURIComponent(location.pathname)}`, { cache: "no-store" });
      if (answer.ok) { about = { ...(await answer.json()), heard: Date.now() }; show(); }
    } catch { /* The server is away. */ }
  }

  const editor = (file, line, column) => about?.editor && file
    ? about.editor.replace("{path}", encodeURI(`${about.root}/${file}`)).replace("{line}", String(line || 1)).replace("{column}", String(column || 1))
    : null;

  function show() {
    showTroubles();
    showPanel();
  }

  function showTroubles() {
    const troubles = isGone
      ? [{ code: "", message: "The preview has ended", file: "", line: 0, column: 0, lines: [], help: "start `throughline serve` again; this page comes back by itself" }]
      : about?.troubles ?? [];
    const key = JSON.stringify(troubles);
    if (key !== dismissed) dismissed = "";
    const isShown = troubles.length > 0 && !dismissed;
    if (isShown && alert.dataset.key !== key) {
      alert.dataset.key = key;
      alert.replaceChildren(...troubles.slice(0, 5).map(describe));
      if (troubles.length > 5) alert.append(make("p", { text: `… and ${troubles.length - 5} more` }));
    }
    if (!isShown) { alert.replaceChildren(); delete alert.dataset.key; }
    sheet.hidden = !isShown;
    showAge();
  }

  function describe(trouble) {
    const place = [trouble.file, trouble.line || null, trouble.line ? trouble.column : null].filter(Boolean).join(":");
    const link = editor(trouble.file, trouble.line, trouble.column);
    const lines = trouble.lines.map((line) => {
      const row = make("span", { class: line.mark ? "line at" : "line" }, make("span", { class: "number", text: String(line.number).padStart(4) }), " ");
      if (!line.mark) { row.append(`${line.text}\n`); return row; }
      const letters = [...line.text];
      const [from, to] = line.mark;
      row.append(letters.slice(0, from).join(""), make("mark", { text: letters.slice(from, to).join("") }), `${letters.slice(to).join("")}\n`);
      const before = letters.slice(0, from).map((letter) => letter === "\t" ? "\t" : " ").join("");
      row.append(make("span", { class: "caret", text: `     ${before}${"^".repeat(Math.max(1, to - from))}\n` }));
      return row;
    });
    return make("div", { class: "trouble" },
      make("p", { class: "place" }, place ? (link ? make("a", { href: link, text: place }) : place) : null, trouble.code ? make("span", { class: "code", text: ` ${trouble.code}` }) : null),
      make("p", { class: "message", text: trouble.message }),
      lines.length > 0 ? make("pre", {}, ...lines) : null,
      trouble.help ? make("p", { class: "help", text: `To mend it: ${trouble.help}` }) : null,
      link ? make("p", {}, make("a", { class: "edit", href: link, text: "Open in editor" })) : null);
  }

  // The words outside the alert change every second and are not read out.
  function showAge() {
    if (sheet.hidden || about?.age === null || about?.age === undefined) { age.textContent = ""; return; }
    const seconds = Math.round(about.age + (Date.now() - about.heard) / 1000);
    age.textContent = `The page behind is as it was ${seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} ago.`;
  }
  setInterval(showAge, 1000);

  function dismiss() {
    if (sheet.hidden) return;
    dismissed = alert.dataset.key;
    showTroubles();
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") dismiss(); });

  function open(isOpen) {
    panel.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    keep("panel", isOpen ? "open" : "closed");
    if (isOpen) showPanel();
  }

  function showPanel() {
    const page = about?.page;
    toggle.hidden = !about;
    if (!about) return;
    const notes = page?.notes ?? [];
    const words = [...(page?.badges ?? []), page?.minutes ? `${page.minutes} min` : null, notes.length === 1 ? "1 note" : `${notes.length} notes`];
    toggle.textContent = words.filter(Boolean).join(" · ");
    if (panel.hidden) return;
    const groups = new Map();
    for (const note of notes) groups.set(note.group, [...(groups.get(note.group) ?? []), note]);
    const parts = [make("h2", { text: page?.title ?? "This page" })];
    if (page?.file) {
      const link = editor(page.file, 1, 1);
      parts.push(make("p", { class: "file" }, link ? make("a", { href: link, text: page.file }) : page.file));
      parts.push(make("p", { class: "facts", text: page.facts }));
    }
    for (const [group, list] of groups) {
      parts.push(make("h3", { text: `${group} (${list.length})` }), make("ul", {}, ...list.map(entry)));
    }
    if (notes.length === 0) parts.push(make("p", { text: "Nothing to note." }));
    if (about.undo) parts.push(make("p", {}, action({ id: about.undo.id, label: `Undo: ${about.undo.what}` })));
    parts.push(chosen, make("label", { class: "setting" }, scroller, " Scroll to what changes"));
    panel.replaceChildren(...parts);
  }

  function entry(note) {
    const link = editor(note.file, note.line, 1);
    const text = make("p", {});
    if (note.mark) {
      const [from, to] = note.mark;
      const letters = [...note.text];
      text.append(letters.slice(0, from).join(""), make("mark", { text: letters.slice(from, to).join("") }), letters.slice(to).join(""));
    } else text.textContent = note.text;
    const place = note.file ? `${note.file.replace(/^content\//, "")}${note.line ? `:${note.line}` : ""}` : "";
    return make("li", {}, text,
      note.help ? make("p", { class: "help", text: note.help }) : null,
      make("p", { class: "actions" }, ...(note.actions ?? []).map(action), place ? (link ? make("a", { href: link, text: place }) : make("span", { text: place })) : null));
  }

  const action = ({ id, label }) => make("button", { type: "button", text: label, on: { click: () => change({ id }) } });

  async function change(wish) {
    let answer = {};
    try {
      const sent = await fetch(`${OWN}edit`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-throughline-token": about.token },
        body: JSON.stringify({ at: location.pathname, ...wish }),
      });
      answer = await sent.json();
    } catch { answer = { error: "The preview does not answer." }; }
    said.textContent = answer.error ?? answer.done ?? "";
    said.className = answer.error ? "said failed" : "said";
    setTimeout(() => { said.textContent = ""; }, answer.error ? 12000 : 4000);
    ask();
  }

  const scroller = make("input", { type: "checkbox", on: { change: () => keep("scroll", scroller.checked ? "yes" : "no") } });
  scroller.checked = kept("scroll") === "yes";

  // A few words that were selected can become a concept.
  const chosen = make("p", { class: "chosen" });
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const words = selection.toString().trim().replace(/\s+/g, " ");
    const isInText = document.querySelector("main")?.contains(selection.anchorNode) && document.querySelector("main").contains(selection.focusNode);
    const fits = about?.page?.file && about.token && isInText && words.length > 1 && words.length <= 60 && words.split(" ").length <= 5;
    if (!fits) {
      // A press on the button itself takes the selection away, and must still find it.
      if (!panel.matches(":hover")) chosen.replaceChildren();
      return;
    }
    chosen.replaceChildren(make("button", { type: "button", text: `Make “${words}” a concept`, on: { click: () => change({ concept: words }) } }));
  });

  // Alt and a click open the file at that place.
  document.addEventListener("click", (event) => {
    if (!event.altKey || event.button !== 0) return;
    let element = event.target;
    while (element && about?.page?.lines && !(element.id in about.page.lines)) element = element.parentElement;
    const found = element && about?.page?.lines?.[element.id];
    const link = editor(found?.[0] ?? about?.page?.file, found?.[1] ?? 1, 1);
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    make("a", { href: link }).click();
  }, true);

  if (kept("panel") === "open") open(true);
})();
