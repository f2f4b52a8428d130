// The page for addresses that do not exist: names the pages nearest to what was asked for, from its own lists. No request.
"use strict";
(() => {
  const root = new URL(document.currentScript.dataset.root, location).pathname;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const decoded = (path) => { try { return decodeURIComponent(path); } catch { return path; } };
  // What an address says once all that differs from site to site is off: the root, the index file, the extension, the slashes.
  const bare = (path) => plain(decoded(path.startsWith(root) ? path.slice(root.length) : path)).slice(0, 200)
    .replace(/\/{2,}/g, "/").replace(/(^|\/)index\.\w+$/, "").replace(/\.(html?|php|aspx?|md)$/, "").replace(/^\/|\/$/g, "");
  const words = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const asked = bare(location.pathname);
  const last = asked.split("/").pop();
  if (!last) return;

  // How much two strings are alike, from 0 to 1: what is left when the edits are taken off (Levenshtein).
  const alike = (a, b) => {
    let above = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      above = row;
    }
    return 1 - above[b.length] / Math.max(a.length, b.length, 1);
  };
  // The share of words that both have; a long word may differ in a letter or two.
  const shared = (a, b) => {
    const found = a.filter((word) => b.some((other) => word === other || word.length > 3 && alike(word, other) >= 0.75));
    return a.length && b.length ? 2 * found.length / (a.length + Math.max(b.length, found.length)) : 0;
  };
  const score = (link) => {
    const own = bare(link.pathname), slug = own.split("/").pop();
    if (own === asked) return 3;
    if (slug === last) return 2;
    // A concept goes by several names.
    const names = [link.textContent, ...(link.dataset.names?.split("|") ?? [])];
    return Math.max(alike(last, slug), shared(words(last), words(slug)), ...names.map((name) => shared(words(last), words(name))));
  };

  const links = [...document.querySelectorAll("main li a")].map((link) => [score(link), link]);
  const near = links.filter(([value]) => value >= 0.45).sort((a, b) => b[0] - a[0]).slice(0, 5);
  if (!near.length) return;
  const title = document.createElement("h2"), list = document.createElement("ul");
  title.textContent = "Perhaps you want";
  list.className = "plain";
  for (const [, link] of near) {
    const entry = document.createElement("li");
    entry.append(link.cloneNode(true));
    list.append(entry);
  }
  document.getElementById("nearest")?.append(title, list);
})();
