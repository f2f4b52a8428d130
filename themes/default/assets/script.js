// Comfort only: everything works without this file.
"use strict";

// A book read straight from the disk: browsers show folders there, so links go to the page inside.
if (location.protocol === "file:") {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.protocol !== "file:" || !link.pathname.endsWith("/")) return;
    event.preventDefault();
    location.href = link.origin === "null" ? `file://${link.pathname}index.html${link.hash}` : `${link.pathname}index.html${link.hash}`;
  });
}

// Appearance: Auto deletes the stored choice and follows the system.
(() => {
  const footer = document.querySelector("footer.bottom");
  if (!footer) return;
  const root = document.documentElement;
  const group = document.createElement("div");
  group.className = "appearance";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Appearance");
  const buttons = ["auto", "light", "dark"].map((name) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name[0].toUpperCase() + name.slice(1);
    button.addEventListener("click", () => {
      if (name === "auto") delete root.dataset.appearance;
      else root.dataset.appearance = name;
      try {
        if (name === "auto") localStorage.removeItem("appearance");
        else localStorage.setItem("appearance", name);
      } catch { /* storage is blocked: the choice lasts as long as the page */ }
      show();
    });
    group.append(button);
    return [name, button];
  });
  function show() {
    const now = root.dataset.appearance || "auto";
    for (const [name, button] of buttons) button.setAttribute("aria-pressed", String(name === now));
  }
  show();
  footer.append(group);
})();

// Previews: a copy of the entry in this page's own list; no request. Hidden from screen readers, which have the list.
(() => {
  let card = null, opener = null, timer = 0;
  const close = () => { clearTimeout(timer); card?.remove(); card = opener = null; };
  const later = (work, wait) => { clearTimeout(timer); timer = setTimeout(work, wait); };
  function open(link) {
    // Looked up when it is needed: the preview of the author changes the page while it stands.
    const entry = document.querySelector(`#concepts [data-term="${CSS.escape(link.dataset.term)}"]`);
    if (!entry || opener === link) return;
    close();
    opener = link;
    card = document.createElement("div");
    card.className = "preview";
    card.setAttribute("aria-hidden", "true");
    const title = document.createElement("p");
    title.className = "card-title";
    title.textContent = entry.querySelector("dt").textContent;
    const text = document.createElement("p");
    text.textContent = entry.querySelector("dd").textContent;
    card.append(title, text);
    document.body.append(card);
    const place = link.getClientRects()[0], box = card.getBoundingClientRect();
    const left = Math.min(Math.max(8, place.left), document.documentElement.clientWidth - box.width - 8);
    const below = place.bottom + 6 + box.height < innerHeight;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? place.bottom + 6 : place.top - 6 - box.height) + scrollY}px`;
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", () => later(close, 300));
  }
  const linkOf = (event) => event.target.closest?.("a.concept[data-term]");
  document.addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" && linkOf(event);
    if (link) later(() => open(link), 450);
  });
  document.addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && linkOf(event)) later(close, 300);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link && link.matches(":focus-visible")) open(link); else close();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();

// An address that names a folded reply opens the fold, where the browser does not do so itself.
(() => {
  const reveal = () => {
    const reply = document.getElementById(location.hash.slice(1));
    const fold = reply?.closest("details:not([open])");
    if (!fold) return;
    fold.open = true;
    reply.scrollIntoView();
  };
  reveal();
  addEventListener("hashchange", reveal);
})();
