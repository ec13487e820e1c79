// A link to a reading shows a card while the pointer or the focus rests on it: title, authors, and how far I am.
// Escape closes it, the pointer may move onto it, and without JavaScript the link is a link.
const WAIT = 200;
const known = new Map();
let card, link, timer;

function made() {
  if (!card) {
    card = document.createElement("div");
    card.className = "ref-card";
    card.id = "ref-card";
    card.setAttribute("role", "tooltip");
    card.hidden = true;
    (document.querySelector("main") ?? document.body).append(card);
  }
  return card;
}

async function show(next) {
  const address = new URL("card/", next.href);
  if (address.origin !== location.origin) return;
  if (!known.has(address.href)) {
    try {
      const response = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      if (!response.ok || response.redirected) return;
      known.set(address.href, await response.text());
    } catch {
      return; // the link still leads there
    }
  }
  if (link !== next || !next.isConnected) return;
  const box = made();
  box.innerHTML = known.get(address.href);
  box.hidden = false;
  next.setAttribute("aria-describedby", box.id);
  next.dataset.title = next.title;
  next.removeAttribute("title"); // or the browser would show its own on top
  const place = next.getBoundingClientRect();
  const above = place.bottom + box.offsetHeight + 12 > innerHeight && place.top > box.offsetHeight + 12;
  const top = above ? place.top - box.offsetHeight - 6 : place.bottom + 6;
  const left = Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 8));
  box.style.setProperty("inset-block-start", `${top + scrollY}px`);
  box.style.setProperty("inset-inline-start", `${left + scrollX}px`);
}

function hide() {
  clearTimeout(timer);
  if (link) {
    link.removeAttribute("aria-describedby");
    if (link.dataset.title) link.title = link.dataset.title;
  }
  link = undefined;
  if (card) card.hidden = true;
}

function rest(next, wait) {
  if (next === link) return clearTimeout(timer);
  hide();
  link = next;
  timer = setTimeout(() => show(next), wait);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const next = event.target.closest?.("a.ref-cite");
  if (next) rest(next, WAIT);
  else if (event.target.closest?.(".ref-card")) clearTimeout(timer);
  else if (link && link !== document.activeElement) {
    clearTimeout(timer);
    timer = setTimeout(hide, WAIT);
  }
});
document.addEventListener("focusin", (event) => {
  const next = event.target.closest?.("a.ref-cite");
  if (next) rest(next, 0);
  else hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && card && !card.hidden) hide();
});
