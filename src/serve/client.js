// The preview's part in the browser: takes over what changed without losing the reader's place. What only the author
// sees is drawn by `author.js`. `build` writes none of it.
(() => {
  "use strict";

  const OWN = "/_throughline/";
  const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, pre, blockquote, figure, table";
  // A page waits so long for a new style sheet before it is shown without it.
  const PATIENCE = 2000;
  // The server is called away when it has not come back after this time, as it does when it is started anew.
  const GRACE = 700;

  // ---- what the server sent ----

  // Elements of the page with their attributes, as they were sent. Others were put there by scripts and stay where they
  // are, and so do attributes that scripts set: only what the server sends differently is touched.
  const sent = new WeakMap();
  const attributesOf = (element) => new Map([...element.attributes].map(({ name, value }) => [name, value]));
  // A form answers to the names of its fields: only the method of all elements is sure to be one.
  const within = (root) => [...Element.prototype.querySelectorAll.call(root, "*")];
  const remember = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const element of [root, ...within(root)]) sent.set(element, attributesOf(element));
  };
  remember(document.documentElement);
  const isForeign = (node) => node.nodeType === Node.ELEMENT_NODE && !sent.has(node)
    && !within(node).some((inner) => sent.has(inner));

  // Scripts run once: a page with other scripts, or another policy, is loaded anew. Facts for machines are no scripts.
  const RUNS = /^(module|importmap|speculationrules|(text|application)\/(java|ecma)script)?$/i;
  // An address that is half written names nothing yet.
  const absolute = (address) => { try { return new URL(address, location.href).href; } catch { return address; } };
  const program = (page) => {
    const all = [...page.querySelectorAll("script")];
    const sources = all.filter((script) => RUNS.test(script.getAttribute("type") ?? "")).map((script) => {
      const address = script.getAttribute("src");
      return address === null ? script.textContent : absolute(address);
    });
    return JSON.stringify([sources, page.querySelector("meta[http-equiv='Content-Security-Policy']")?.content]);
  };
  const running = program(document);

  // Loads the page anew, but not again and again where a script has put other scripts into it.
  const LOADED_FOR = "throughline-loaded-for", FAILED_FOR = "throughline-failed-for";
  function startOver(wanted, key) {
    try {
      if (sessionStorage.getItem(key) === wanted) return false;
      sessionStorage.setItem(key, wanted);
    } catch { return false; } // Storage is blocked: nothing would end the circle.
    location.reload();
    return true;
  }
  function settle() {
    try { sessionStorage.removeItem(LOADED_FOR); } catch { /* storage is blocked, and holds nothing */ }
  }

  // The button in the corner must not hide the end of the page.
  const room = new CSSStyleSheet();
  room.replaceSync("@media screen { html { padding-block-end: 3.5rem } }");
  // While a change comes in, the browser's own way of keeping the place would be added to ours.
  const still = new CSSStyleSheet();
  still.replaceSync("html { overflow-anchor: none !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, room];

  // ---- taking over a new version of the page ----

  let shownText = null;

  // Brings this page up to date; says whether it is now as the server has it.
  async function refresh(isEdited) {
    let answer, text;
    try {
      answer = await fetch(location.pathname, { cache: "no-cache", headers: { accept: "text/html" } });
      text = await answer.text();
    } catch { return false; } // The server is away; when it comes back, it is asked again.
    // A page that cannot be made now stays as it was; the sheet says why.
    if (answer.status === 500 || !answer.headers.get("content-type")?.startsWith("text/html")) return true;
    if (text === shownText) return true;
    const page = new DOMParser().parseFromString(text, "text/html");
    const wanted = program(page);
    if (wanted === running) settle();
    else if (startOver(wanted, LOADED_FOR)) return true;
    // The parser knows no scripts, and takes for elements what is only text where scripts run.
    for (const element of page.querySelectorAll("noscript")) element.textContent = element.innerHTML;
    const swap = await bring(page);
    const place = hold();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
    swap();
    const changed = morph(page);
    place();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== still);
    shownText = text;
    if (isEdited) follow(changed);
    return true;
  }

  // Loads new style sheets beside the old ones. The function it returns puts them in force and takes the old ones away,
  // both at once: there is no frame without style, and none with both.
  async function bring(page) {
    const address = (link) => absolute(link.getAttribute("href"));
    const links = (root) => [...root.querySelectorAll("head > link[rel~='stylesheet'][href]")];
    const known = new Map(links(document).map((link) => [address(link), link]));
    const wanted = new Set(links(page).map(address));
    const stale = [...known].filter(([at]) => !wanted.has(at)).map(([, link]) => link).filter((link) => sent.has(link));
    const fresh = [];
    // Backwards, so that each can stand before the one that follows it in the page.
    let next = null;
    for (const link of links(page).reverse()) {
      const there = known.get(address(link));
      if (there) { next = there; continue; }
      const copy = document.importNode(link);
      copy.media = "not all";
      const loaded = new Promise((done) => {
        for (const event of ["load", "error"]) copy.addEventListener(event, done);
        setTimeout(done, PATIENCE);
      });
      if (next) next.before(copy); else (links(document).at(-1) ?? document.head.lastElementChild).after(copy);
      sent.set(copy, attributesOf(link));
      next = copy;
      fresh.push({ copy, media: link.getAttribute("media"), loaded });
    }
    await Promise.all(fresh.map(({ loaded }) => loaded));
    return () => {
      for (const { copy, media } of fresh) if (media === null) copy.removeAttribute("media"); else copy.media = media;
      for (const link of stale) link.remove();
    };
  }

  // Makes the document like the page and returns what differed.
  function morph(page) {
    alignIds(page);
    const unfold = holdFolds();
    const changed = [], coming = new WeakMap();
    // What scripts added is not mistaken for something new of the same kind: an id of its own keeps it apart.
    const foreign = [...document.querySelectorAll(":not([id])")]
      .filter((element) => sent.has(element.parentElement) && isForeign(element));
    foreign.forEach((element, at) => { element.id = `throughline-foreign-${at}`; });
    Idiomorph.morph(document.documentElement, page.documentElement, {
      head: { style: "merge" },
      callbacks: {
        beforeNodeMorphed: (old, now) => { coming.set(old, now); return !old.isEqualNode(now); },
        afterNodeMorphed: (old, now) => {
          changed.push(old);
          if (old.nodeType === Node.ELEMENT_NODE) sent.set(old, attributesOf(now));
        },
        afterNodeAdded: (node) => { remember(node); changed.push(node); },
        beforeNodeRemoved: (node) => !isForeign(node),
        beforeAttributeUpdated: (name, node) => {
          const before = sent.get(node), now = coming.get(node);
          return !before || !now || (before.get(name) ?? null) !== now.getAttribute(name);
        },
      },
    });
    for (const element of foreign) element.removeAttribute("id");
    unfold();
    return changed;
  }

  // Remembers what the reader unfolded; the function it returns unfolds it again where it was exchanged.
  function holdFolds() {
    const words = (fold) => fold.querySelector("summary")?.textContent ?? "";
    const before = new Set(document.querySelectorAll("details"));
    const unfolded = new Set([...before].filter((fold) => fold.open && !sent.get(fold)?.has("open")).map(words));
    return () => {
      for (const fold of document.querySelectorAll("details:not([open])")) {
        if (!before.has(fold) && unfolded.has(words(fold))) fold.open = true;
      }
    };
  }

  // The id of a paragraph comes from its first words. Where these are edited, the paragraph is known by its neighbours,
  // so that it is changed and not exchanged: a selection in it stays.
  function alignIds(page) {
    const old = (element) => element?.id ? document.getElementById(element.id) : null;
    for (const now of page.querySelectorAll("main [id]")) {
      if (old(now)) continue;
      const [before, after] = [old(now.previousElementSibling), old(now.nextElementSibling)];
      const twin = before?.nextElementSibling ?? after?.previousElementSibling;
      const isFree = twin?.id && twin.localName === now.localName && sent.has(twin) && !page.getElementById(twin.id);
      if (isFree) twin.id = now.id;
    }
  }

  // Remembers the reader's place: the first block in the window that is still there afterwards, and the selection. The
  // function it returns goes back there.
  function hold() {
    const blocks = [...document.querySelectorAll(BLOCKS)].flatMap((block) => {
      const { top, bottom, height } = block.getBoundingClientRect();
      const isSeen = bottom > 0 && top < innerHeight && height > 0 && !block.querySelector(BLOCKS);
      return isSeen ? [{ block, top, text: block.textContent }] : [];
    });
    const backToSelection = holdSelection();
    return () => {
      const there = blocks.filter(({ block }) => block.isConnected && block.getClientRects().length > 0);
      const kept = there.find(({ block, text }) => block.textContent === text) ?? there[0];
      if (kept && scrollY > 0) {
        const moved = kept.block.getBoundingClientRect().top - kept.top;
        if (moved !== 0) scrollBy({ top: moved, behavior: "instant" });
      }
      backToSelection();
    };
  }

  function holdSelection() {
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    if (!anchorNode || !focusNode) return () => {};
    const [anchorText, focusText] = [anchorNode.data, focusNode.data];
    return () => {
      if (!anchorNode.isConnected || !focusNode.isConnected) return;
      // A field keeps its selection itself, and would lose the focus.
      if (document.activeElement?.matches("input, textarea")) return;
      const from = offsetNow(anchorNode, anchorOffset, anchorText), to = offsetNow(focusNode, focusOffset, focusText);
      const now = getSelection();
      const isThere = now.anchorNode === anchorNode && now.anchorOffset === from
        && now.focusNode === focusNode && now.focusOffset === to;
      if (!isThere) now.setBaseAndExtent(anchorNode, from, focusNode, to);
    };
  }

  // Where an offset of a text is after an edit: letters before the edit stay in place, letters behind it move with the
  // end.
  function offsetNow(node, offset, text) {
    const now = node.data;
    if (now === undefined || text === undefined) return Math.min(offset, node.childNodes.length);
    let same = 0;
    while (same < text.length && same < now.length && text[same] === now[same]) same += 1;
    if (offset <= same) return offset;
    return Math.max(same, Math.min(now.length, now.length - (text.length - offset)));
  }

  // Shows what changed where it is out of sight, for those who want it.
  function follow(changed) {
    if (author.kept("scroll") !== "yes") return;
    const main = document.querySelector("main");
    const blocks = changed
      .map((node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(BLOCKS))
      .filter((block) => block?.isConnected && main?.contains(block) && !block.querySelector(BLOCKS));
    blocks.sort((a, b) => a === b ? 0 : a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    const box = blocks[0]?.getBoundingClientRect();
    const isOut = box && (box.bottom < 0 || box.top > innerHeight);
    if (isOut) blocks[0].scrollIntoView({ block: "center", behavior: "instant" });
  }

  // A picture keeps its address when it changes, so the server is asked for the tag of its bytes.
  const tags = new Map();
  async function lookAtPictures() {
    const addressOf = (image) => image.src.replace(/[?#].*/, "");
    const isOwn = (image) => sent.has(image) && image.src.startsWith(`${location.origin}/`);
    for (const address of new Set([...document.images].filter(isOwn).map(addressOf))) {
      let tag;
      try { tag = (await fetch(address, { method: "HEAD", cache: "no-store" })).headers.get("etag"); } catch { return; }
      const before = tags.get(address);
      tags.set(address, tag);
      if (before === undefined || before === tag || tag === null) continue;
      for (const image of document.images) {
        if (addressOf(image) === address) image.src = `${address}?${encodeURIComponent(tag)}`;
      }
    }
  }

  // ---- news ----

  const author = document.createElement("throughline-preview");
  document.documentElement.append(author);
  author.addEventListener("changed", () => ask());

  let wanted = null, shown = null, isBusy = false, isEdited = false, lastAsk = 0, goneSince = 0;

  // The path of this page from the root of the site, as the server writes it; the site may stand below a path of its
  // own.
  function here(base) {
    let path = location.pathname;
    try { path = decodeURI(path); } catch { /* an address that nobody can read names no page */ }
    return base && path.startsWith(`${base}/`) ? { base, path: path.slice(base.length) } : { base: "", path };
  }

  function hear(news) {
    if (news.isGone) { goneSince ||= setTimeout(() => author.lose(true), GRACE); return; }
    clearTimeout(goneSince);
    goneSince = 0;
    author.lose(false);
    const { base, path } = here(news.base);
    const moved = news.moved?.[path], edited = news.edited ?? [];
    if (moved) history.replaceState(history.state, "", base + moved + location.hash);
    const isElsewhere = edited.length > 0 && !moved && !edited.includes(path);
    if (news.follow && isElsewhere && document.visibilityState === "visible") {
      location.assign(base + edited[0]);
      return;
    }
    isEdited ||= edited.includes(moved ?? path);
    wanted = `${news.run} ${news.edition}`;
    catchUp();
  }

  // One thing after the other: what comes meanwhile is looked at when this is done.
  async function catchUp() {
    if (isBusy) return;
    isBusy = true;
    while (wanted !== shown) {
      const [goal, wasEdited] = [wanted, isEdited];
      isEdited = false;
      let isCurrent;
      try { isCurrent = await refresh(wasEdited); } catch (error) {
        // Whatever went wrong in taking the change over: the page as a whole is right.
        console.error(error);
        if (startOver(goal, FAILED_FOR)) return;
        isCurrent = true;
      }
      if (!isCurrent) break;
      shown = goal;
      lookAtPictures();
    }
    isBusy = false;
    await ask();
  }

  async function ask() {
    const mine = ++lastAsk;
    try {
      const answer = await fetch(`${OWN}page?at=${encodeURIComponent(location.pathname)}`, { cache: "no-store" });
      const about = await answer.json();
      if (answer.ok && mine === lastAsk) author.tell(about);
    } catch { /* The server is away. */ }
  }

  let isShared = false;

  // All tabs share one connection, because a browser opens six at most to one server.
  function share() {
    let worker;
    try { worker = new SharedWorker(`${OWN}worker.js`, "throughline"); } catch { return false; }
    worker.port.onmessage = (event) => hear(event.data);
    worker.onerror = () => { isShared = false; listen(); };
    addEventListener("pagehide", () => worker.port.postMessage("bye"), { once: true });
    return true;
  }

  // Where tabs cannot share, one that is out of sight gives its connection up and catches up later.
  let source = null;
  function listen() {
    if (source || document.visibilityState === "hidden") return;
    source = new EventSource(`${OWN}events`);
    source.onmessage = (event) => hear(JSON.parse(event.data));
    source.onerror = () => {
      hear({ isGone: true });
      if (source?.readyState !== EventSource.CLOSED) return;
      hang();
      setTimeout(listen, 1000);
    };
  }
  function hang() { source?.close(); source = null; }

  function connect() {
    isShared = typeof SharedWorker === "function" && share();
    if (!isShared) listen();
  }
  document.addEventListener("visibilitychange", () => {
    if (isShared) return;
    if (document.visibilityState === "hidden") hang(); else listen();
  });
  addEventListener("pagehide", hang);
  // A page that comes back from the browser's memory was told nothing meanwhile.
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  connect();
})();
