// What only the author sees on a page of the preview: the sheet that says what is wrong, and the panel in the margin.
// Knows nothing of how changes come into the page; `client.js` tells it what the server says. Every text is set as
// text, never as HTML.
customElements.define("throughline-preview", class extends HTMLElement {
  static OWN = "/_throughline/";
  // More problems than these are counted, not shown: mending the first often mends the rest.
  static MOST = 5;
  static ENDED = {
    code: "", message: "The preview has ended", file: "", line: 0, column: 0, lines: [],
    help: "start `throughline serve` again; this page comes back by itself",
  };

  // What the server says of the page, when it was heard, and whether the server is away.
  #about = null;
  #heard = 0;
  #isGone = false;
  // What the panel shows now, so that it is not made anew under the author's fingers.
  #panelShown = "";
  #isBusy = false;
  #saidUntil = 0;

  #make = (name, options = {}, ...inside) => {
    const element = document.createElement(name);
    const { text, on, ...rest } = options;
    for (const [key, value] of Object.entries(rest)) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    if (text !== null && text !== undefined) element.textContent = text;
    for (const [event, work] of Object.entries(on ?? {})) element.addEventListener(event, work);
    element.append(...inside.filter((part) => part !== null && part !== undefined));
    return element;
  };

  // Words with the code in them, which stands between backticks, set apart.
  #words = (text) =>
    text.split(/`([^`]+)`/).map((part, at) => at % 2 === 1 ? this.#make("code", { text: part }) : part);

  // ---- the frame ----

  // The alert is there before it is filled: some screen readers say only what comes into an alert that they know.
  #alert = this.#make("div", { role: "alert" });
  #age = this.#make("p", { class: "age" });
  #close = this.#make("button", {
    type: "button", class: "close", "aria-label": "Close", hidden: "", text: "×",
    on: { click: () => this.#dismiss() },
  });
  #sheet = this.#make("section", { class: "sheet", "aria-label": "Problem" }, this.#alert, this.#age, this.#close);
  #toggle = this.#make("button", {
    type: "button", class: "toggle", "aria-controls": "panel", "aria-expanded": "false", hidden: "",
    on: { click: () => {
      this.#open(this.#panel.hidden);
      // Whoever looks at the notes sees the problem again that was put aside.
      if (!this.#panel.hidden) { this.#dismissed = ""; this.#showTroubles(); }
    } },
  });
  #panel = this.#make("aside", {
    class: "panel", id: "panel", "aria-label": "For the author", tabindex: "-1", hidden: "",
  });
  #said = this.#make("p", { class: "said", role: "status" });
  #frame = this.#make("div", { class: "frame", hidden: "" }, this.#sheet, this.#toggle, this.#panel, this.#said);
  #scroller = this.#make("input", {
    type: "checkbox",
    on: { change: () => this.#keep("scroll", this.#scroller.checked ? "yes" : "no") },
  });
  #setting = this.#make("label", { class: "setting" }, this.#scroller, "Scroll to what changes");
  #chosen = this.#make("p", { class: "chosen" });

  constructor() {
    super();
    const style = this.#make("link", { rel: "stylesheet", href: `${this.constructor.OWN}client.css` });
    // Nothing of it is seen before its style is there.
    for (const event of ["load", "error"]) style.addEventListener(event, () => { this.#frame.hidden = false; });
    this.attachShadow({ mode: "open" }).append(style, this.#frame);
    this.#scroller.checked = this.kept("scroll") === "yes";
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#escape(); });
    document.addEventListener("selectionchange", () => this.#choose());
    document.addEventListener("click", (event) => this.#jump(event), true);
    setInterval(() => this.#showAge(), 1000);
    if (this.kept("panel") === "open") this.#open(true);
  }

  // ---- what `client.js` calls ----

  // Shows what the server says of this page.
  tell(about) {
    this.#about = about;
    this.#heard = Date.now();
    this.#isGone = false;
    this.#show();
  }

  // Says that the server is away, or takes it back.
  lose(isGone) {
    if (this.#isGone === isGone) return;
    this.#isGone = isGone;
    if (isGone) this.#heard = Date.now();
    this.#show();
  }

  // A setting of the author's, `null` where there is none or storage is blocked.
  kept(name) {
    try { return localStorage.getItem(`throughline-${name}`); } catch { return null; }
  }

  #keep(name, value) {
    try { localStorage.setItem(`throughline-${name}`, value); } catch { /* storage is blocked: for this page only */ }
  }

  #show() {
    this.#showTroubles();
    this.#showPanel();
  }

  // The address that opens a place in the author's editor.
  #editor(file, line, column) {
    const { editor, root } = this.#about ?? {};
    if (!editor || !root || !file) return null;
    const parts = `${root}/${file}`.replaceAll("\\", "/").split("/");
    const path = parts.map(encodeURIComponent).join("/").replaceAll("%3A", ":");
    const values = { path: path.startsWith("/") ? path : `/${path}`, line: line || 1, column: column || 1 };
    return editor.replace(/\{(path|line|column)\}/g, (_, name) => String(values[name]));
  }

  // ---- the sheet ----

  #showTroubles() {
    const { ENDED, MOST } = this.constructor;
    const troubles = this.#isGone ? [ENDED] : this.#about?.troubles ?? [];
    const key = troubles.length > 0 ? JSON.stringify(troubles) : "";
    const isShown = key !== "" && key !== this.#dismissed;
    // A problem that went away and comes back is a new one.
    if (key !== this.#dismissed) this.#dismissed = "";
    if (!isShown) {
      if (this.#sheet.contains(this.shadowRoot.activeElement)) this.#toggle.focus();
      this.#alert.replaceChildren();
    } else if (this.#alert.dataset.key !== key || !this.#alert.hasChildNodes()) {
      const parts = troubles.slice(0, MOST).map((trouble) => this.#describe(trouble));
      if (troubles.length > 1) parts.unshift(this.#make("p", { class: "more", text: `${troubles.length} problems` }));
      const more = troubles.length - MOST;
      if (more > 0) parts.push(this.#make("p", { class: "more", text: `… and ${more} more` }));
      this.#alert.replaceChildren(...parts);
    }
    this.#alert.dataset.key = key;
    this.#close.hidden = !isShown;
    this.#sheet.classList.toggle("shown", isShown);
    this.#showAge();
    if (isShown) this.#bringMarksIntoView();
  }

  #describe({ file, line, column, code, message, lines, help }) {
    const make = this.#make;
    const place = [file, line || null, line ? column : null].filter(Boolean).join(":");
    const link = this.#editor(file, line, column);
    const scrolls = { tabindex: "0", role: "group", "aria-label": `Lines of ${file}` };
    return make("div", { class: "trouble" },
      place || code ? make("p", { class: "place" },
        place ? (link ? make("a", { href: link, text: place }) : place) : null,
        code ? make("span", { class: "code", text: code }) : null) : null,
      make("p", { class: "message" }, ...this.#words(message)),
      lines.length > 0 ? make("pre", scrolls, ...lines.map((at) => this.#line(at))) : null,
      help ? make("p", { class: "help" }, "To mend it: ", ...this.#words(help)) : null,
      link ? make("p", {}, make("a", { class: "edit", href: link, text: "Open in editor" })) : null);
  }

  #line({ number, text, mark }) {
    const make = this.#make;
    const count = make("span", { class: "number", text: `${String(number).padStart(4)} ` });
    const row = make("span", { class: mark ? "line at" : "line" }, count);
    if (!mark) { row.append(`${text}\n`); return row; }
    const [from, to] = mark, letters = [...text];
    row.append(...this.#marked(text, mark), "\n");
    // Tabs are as wide below the line as in it.
    const before = letters.slice(0, from).map((letter) => letter === "\t" ? "\t" : " ").join("");
    const carets = `     ${before}${"^".repeat(Math.max(1, to - from))}\n`;
    row.append(make("span", { class: "caret", "aria-hidden": "true", text: carets }));
    return row;
  }

  // A text with the letters at fault marked; places count letters, not what JavaScript calls characters.
  #marked(text, [from, to]) {
    const letters = [...text], part = (...places) => letters.slice(...places).join("");
    return [part(0, from), this.#make("mark", { text: part(from, to) }), part(to)];
  }

  // A long line is wider than the sheet, and the place at fault may stand far out.
  #bringMarksIntoView() {
    for (const mark of this.#alert.querySelectorAll("pre mark")) {
      const pre = mark.closest("pre"), place = mark.getBoundingClientRect(), box = pre.getBoundingClientRect();
      if (place.right > box.right) pre.scrollLeft += place.left - box.left - box.width / 3;
    }
  }

  // The words outside the alert change every second and are not read out.
  #showAge() {
    const age = this.#isGone ? 0 : this.#about?.age;
    if (this.#close.hidden || age === null || age === undefined) { this.#age.textContent = ""; return; }
    const seconds = Math.round(age + (Date.now() - this.#heard) / 1000);
    const [unit, length] = seconds < 100 ? ["s", 1] : seconds < 6000 ? ["min", 60] : ["h", 3600];
    const words = `${Math.round(seconds / length)} ${unit}`;
    this.#age.textContent = `The page behind is as it was ${words} ago.`;
  }

  // The problem that the author has closed the sheet on, in this tab; it stays closed on the next page too.
  get #dismissed() {
    try { return sessionStorage.getItem("throughline-dismissed") ?? ""; } catch { return this.#dismissedHere; }
  }
  set #dismissed(key) {
    this.#dismissedHere = key;
    try {
      if (key) sessionStorage.setItem("throughline-dismissed", key);
      else sessionStorage.removeItem("throughline-dismissed");
    } catch { /* storage is blocked: for this page only */ }
  }
  #dismissedHere = "";

  #dismiss() {
    this.#dismissed = this.#alert.dataset.key ?? "";
    this.#showTroubles();
  }

  #escape() {
    if (!this.#close.hidden) { this.#dismiss(); return; }
    if (this.#panel.hidden || !this.#panel.contains(this.shadowRoot.activeElement)) return;
    this.#open(false);
    this.#toggle.focus();
  }

  // ---- the panel ----

  #open(isOpen) {
    this.#panel.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    this.#keep("panel", isOpen ? "open" : "closed");
    if (isOpen) this.#showPanel();
  }

  #showPanel() {
    const about = this.#about, page = about?.page, make = this.#make;
    if (!about) return;
    const notes = page?.notes ?? [];
    const count = page ? (notes.length === 1 ? "1 note" : `${notes.length} notes`) : "Preview";
    const wrong = about.troubles?.length ?? 0;
    const problems = wrong === 0 ? null : wrong === 1 ? "1 problem" : `${wrong} problems`;
    const words = [problems, ...(page?.badges ?? []), page?.minutes ? `${page.minutes} min` : null, count];
    this.#toggle.textContent = words.filter(Boolean).join(" · ");
    this.#toggle.hidden = false;
    const shown = JSON.stringify([page, about.undo, about.editor]);
    if (this.#panel.hidden || shown === this.#panelShown) return;
    this.#panelShown = shown;
    const groups = new Map();
    for (const note of notes) groups.set(note.group, [...(groups.get(note.group) ?? []), note]);
    const parts = [make("h2", { text: page?.title ?? "This page" })];
    if (page?.file) {
      const link = this.#editor(page.file, 1, 1);
      parts.push(make("p", { class: "file" }, link ? make("a", { href: link, text: page.file }) : page.file));
      if (page.facts) parts.push(make("p", { class: "facts", text: page.facts }));
    }
    for (const [group, list] of groups) {
      parts.push(make("h3", { text: `${group} (${list.length})` }));
      parts.push(make("ul", {}, ...list.map((note) => this.#entry(note))));
    }
    if (page && notes.length === 0) parts.push(make("p", { class: "facts", text: "Nothing to note." }));
    if (about.undo) {
      const undo = this.#action({ id: about.undo.id, label: `Undo: ${about.undo.what}` });
      parts.push(make("p", { class: "undo" }, undo));
    }
    parts.push(this.#chosen, this.#setting);
    this.#fill(parts);
  }

  // New parts come in without taking the focus away: it stays on what is still there, or on the panel.
  #fill(parts) {
    const held = this.shadowRoot.activeElement;
    const isInside = this.#panel.contains(held), place = this.#panel.scrollTop;
    this.#panel.replaceChildren(...parts);
    this.#panel.scrollTop = place;
    if (!isInside) return;
    const { id } = held.dataset;
    const same = held.isConnected ? held : id && this.#panel.querySelector(`[data-id="${CSS.escape(id)}"]`);
    (same || this.#panel).focus({ preventScroll: true });
  }

  #entry(note) {
    const make = this.#make, link = this.#editor(note.file, note.line, 1);
    const place = note.file ? `${note.file.replace(/^content\//, "")}${note.line ? `:${note.line}` : ""}` : "";
    return make("li", {},
      make("p", {}, ...(note.mark ? this.#marked(note.text, note.mark) : this.#words(note.text))),
      note.help ? make("p", { class: "help" }, ...this.#words(note.help)) : null,
      make("p", { class: "actions" },
        ...(note.actions ?? []).map((offer) => this.#action(offer)),
        place ? (link ? make("a", { class: "edit", href: link, text: place }) : make("span", { text: place })) : null));
  }

  #action({ id, label }) {
    const on = { click: () => this.#change({ id }) };
    return this.#make("button", { type: "button", "data-id": id, text: label, on });
  }

  async #change(wish) {
    // The second half of a double click would do what has meanwhile moved under the pointer.
    if (this.#isBusy) return;
    this.#isBusy = true;
    let answer;
    try {
      const answered = await fetch(`${this.constructor.OWN}edit`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-throughline-token": this.#about.token },
        body: JSON.stringify({ at: location.pathname, ...wish }),
      });
      answer = await answered.json();
    } catch { answer = { error: "The preview does not answer." }; }
    this.#isBusy = false;
    this.#say(answer.error ?? answer.done ?? "", Boolean(answer.error));
    this.dispatchEvent(new Event("changed"));
  }

  #say(words, isFailure) {
    clearTimeout(this.#saidUntil);
    this.#said.textContent = words;
    this.#said.classList.toggle("failed", isFailure);
    this.#saidUntil = setTimeout(() => { this.#said.textContent = ""; }, isFailure ? 12000 : 4000);
  }

  // A few words that were selected can become a concept.
  #choose() {
    const selection = getSelection(), main = document.querySelector("main");
    const words = selection.toString().trim().replace(/\s+/g, " ");
    const isInText = main?.contains(selection.anchorNode) && main.contains(selection.focusNode);
    const isShort = words.length > 1 && words.length <= 60 && words.split(" ").length <= 5;
    if (!isInText || !isShort || !this.#about?.page?.file || !this.#about.token) {
      // A press on the button itself takes the selection away, and must still find it.
      if (!this.#panel.matches(":hover")) this.#chosen.replaceChildren();
      return;
    }
    const on = { click: () => this.#change({ concept: words }) };
    this.#chosen.replaceChildren(this.#make("button", { type: "button", text: `Make “${words}” a concept`, on }));
  }

  // Alt and a click open the file at that place.
  // The element at a place of the page whose line is known: the one itself, one around it, or the last one before it.
  #placed(target, lines) {
    const isKnown = (element) => element.id !== "" && Object.hasOwn(lines, element.id);
    for (let element = target; element && element.localName !== "main"; element = element.parentElement) {
      if (isKnown(element)) return element;
      for (let before = element.previousElementSibling; before; before = before.previousElementSibling) {
        const within = [before, ...before.querySelectorAll("[id]")].filter(isKnown);
        if (within.length > 0) return within.at(-1);
      }
    }
    return null;
  }

  #jump(event) {
    if (!event.altKey || event.button !== 0) return;
    const { file, lines = {} } = this.#about?.page ?? {};
    const element = this.#placed(event.target, lines);
    const [from, line] = element ? lines[element.id] : [file, 1];
    const link = this.#editor(from, line, 1);
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    this.#make("a", { href: link }).click();
  }
});
