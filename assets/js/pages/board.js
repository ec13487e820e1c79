// The board: cards moved by hand (SortableJS), by keys and by a menu; votes with one tap. The server answers each move
// with the order that now holds for everyone, and the page is brought into that order. Without this script the same is
// done by links and forms.
import Sortable from "sortablejs";

const say = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
const complain = (text) => document.dispatchEvent(new CustomEvent("message", { detail: { text, level: "error" } }));
const board = () => document.getElementById("board");
const listOf = (stage) => board().querySelector(`ol[data-stage="${stage}"]`);
const cardOf = (id) => board().querySelector(`li[data-idea="${id}"]`);
const cardsIn = (list) => [...list.querySelectorAll(":scope > li[data-idea]")];
const titleOf = (card) => card.querySelector(".board-card-title").innerText.trim();

/** Where a card stands: by its neighbours, which others' moves do not shift as they would an index. */
function placeOf(card) {
  const list = card.parentElement;
  const stage = list.dataset.stage;
  if (board().dataset.sorted) return stage;
  const after = card.previousElementSibling?.dataset.idea;
  const before = card.nextElementSibling?.dataset.idea;
  return [stage, after && `after-${after}`, before && `before-${before}`].filter(Boolean).join(" ");
}

async function post(path, fields) {
  const body = new FormData(document.getElementById("post"));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  let response;
  try {
    response = await fetch(board().dataset.board + path, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    throw new Error("No connection to the server, so nothing was changed.");
  }
  const kind = response.headers.get("Content-Type") ?? "";
  const answer = kind.startsWith("application/json") ? await response.json() : {};
  if (!response.ok) {
    const reasons = { 403: "You may not do that here, or this page is too old: reload it.", 404: "This idea is no longer here: reload the page." };
    const reason = answer.text ?? reasons[response.status] ?? `The server could not do that (error ${response.status}).`;
    throw Object.assign(new Error(reason), { order: answer.order });
  }
  return answer;
}

/** Bring the page into the order that the server told. Cards that are filtered out of sight are passed over. */
function arrange(order) {
  const focused = document.activeElement;
  let unknown = false;
  const filtered = location.search !== "";
  for (const [stage, ids] of Object.entries(order)) {
    const list = listOf(stage);
    const wanted = ids.map((id) => cardOf(id));
    unknown ||= !filtered && wanted.includes(null);
    const cards = wanted.filter(Boolean);
    if (board().dataset.sorted) {
      for (const card of cards) if (card.parentElement !== list) list.append(card);
    } else {
      cards.forEach((card, index) => {
        if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
      });
    }
  }
  const known = new Set(Object.values(order).flat().map(String));
  for (const card of board().querySelectorAll("li[data-idea]")) if (!known.has(card.dataset.idea)) card.remove();
  count();
  if (document.activeElement !== focused && focused?.isConnected) focused.focus({ preventScroll: true });
  // Someone added or brought back a card meanwhile: fetch the board as it is.
  if (unknown) document.body.dispatchEvent(new Event("board-stale"));
}

function count() {
  for (const list of board().querySelectorAll("ol[data-stage]")) {
    const number = cardsIn(list).length;
    list.parentElement.querySelector("[data-count]").textContent = number;
    board().querySelector(`.board-tabs a[href="#stage-${list.dataset.stage}"] .count`).textContent = number;
  }
}

/** The card already stands where it was put; `back` returns it if the server refuses. */
async function move(card, place, { back, undoing = false } = {}) {
  const title = titleOf(card);
  count();
  try {
    const answer = await post(`${card.dataset.idea}/move/`, { to: place });
    arrange(answer.order);
    offerUndo(undoing ? "" : `“${title}”: ${answer.text}`, card.dataset.idea, answer.undo);
    say(undoing ? `Move undone. ${answer.text}` : `“${title}”: ${answer.text}`);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  } catch (refusal) {
    back?.();
    if (refusal.order) arrange(refusal.order);
    count();
    complain(`“${title}” was not moved. ${refusal.message}`);
  }
}

function offerUndo(text, id, place) {
  document.getElementById("board-undo")?.remove();
  if (!text) return;
  const toast = document.createElement("div");
  toast.className = "toast-line";
  toast.id = "board-undo";
  const words = document.createElement("span");
  words.textContent = text;
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "link-button";
  undo.textContent = "Undo";
  undo.addEventListener("click", () => {
    const card = cardOf(id);
    toast.remove();
    if (!card) return;
    card.querySelector(".board-card-title").focus({ preventScroll: true });
    move(card, place, { undoing: true });
  });
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link-button";
  close.textContent = "Close";
  close.addEventListener("click", () => toast.remove());
  toast.append(words, undo, close);
  document.getElementById("content").append(toast); // within a landmark, so that one who walks by landmarks finds it
}

// By hand.
function makeSortable() {
  for (const list of document.querySelectorAll("#board ol[data-stage]")) {
    if (Sortable.get(list)) continue;
    let from = null;
    Sortable.create(list, {
      group: "board",
      draggable: "li[data-idea]",
      sort: !board().dataset.sorted,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 140,
      delay: 180, // a finger scrolls first and lifts a card when it rests
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      emptyInsertThreshold: 24,
      onStart({ item }) {
        from = { list: item.parentElement, next: item.nextElementSibling };
        while (from.next && !from.next.dataset.idea) from.next = from.next.nextElementSibling;
      },
      onEnd({ item, from: source, to, oldIndex, newIndex }) {
        if (source === to && oldIndex === newIndex) return;
        const { list: home, next } = from;
        move(item, placeOf(item), { back: () => home.insertBefore(item, next?.parentElement === home ? next : null) });
      },
    });
  }
}

// By keys and by the menu.
function step(card, direction) {
  const list = card.parentElement;
  const lists = [...board().querySelectorAll("ol[data-stage]")];
  const index = cardsIn(list).indexOf(card);
  const next = card.nextElementSibling;
  const back = () => list.insertBefore(card, next?.parentElement === list ? next : null);
  if (direction === "up" || direction === "down") {
    if (board().dataset.sorted) return say("The cards are sorted by votes here; show them in the board's order to move them up and down.");
    const other = direction === "up" ? card.previousElementSibling : next;
    if (!other) return say(direction === "up" ? "It stands at the top." : "It stands at the bottom.");
    direction === "up" ? other.before(card) : other.after(card);
  } else {
    const target = lists[lists.indexOf(list) + (direction === "left" ? -1 : 1)];
    if (!target) return say(direction === "left" ? "This is the first stage." : "This is the last stage.");
    target.insertBefore(card, cardsIn(target)[index] ?? null);
  }
  move(card, placeOf(card), { back });
  card.querySelector(".board-card-title").focus({ preventScroll: true });
}

const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

document.addEventListener("keydown", (event) => {
  const direction = arrows[event.key];
  if (!direction || !(event.shiftKey || event.altKey) || event.ctrlKey || event.metaKey) return;
  const card = event.target.closest?.("#board li[data-idea]");
  if (!card) return;
  event.preventDefault(); // Alt with an arrow would leave the page
  step(card, direction);
});

let chosen = null;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("#board [data-move]");
  const menu = document.getElementById("board-move");
  if (opener && menu && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    chosen = opener.closest("li[data-idea]");
    document.getElementById("board-move-title").textContent = `Move “${titleOf(chosen)}”`;
    for (const button of menu.querySelectorAll("[data-to-stage]")) {
      button.disabled = button.dataset.toStage === chosen.parentElement.dataset.stage;
    }
    menu.showPopover();
    const box = opener.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(box.bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
    menu.querySelector("button:not(:disabled)").focus();
    return;
  }
  const entry = event.target.closest("#board-move button");
  if (entry && chosen) {
    menu.hidePopover();
    if (entry.dataset.step) return step(chosen, entry.dataset.step);
    const list = chosen.parentElement;
    const next = chosen.nextElementSibling;
    const card = chosen;
    listOf(entry.dataset.toStage).prepend(card);
    move(card, placeOf(card), { back: () => list.insertBefore(card, next?.parentElement === list ? next : null) });
    card.querySelector(".board-card-title").focus({ preventScroll: true });
  }
});

// A vote shows at once, and goes back if the server refuses it.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("#board .board-vote");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.busy) return;
  button.dataset.busy = "1";
  const card = button.closest("li[data-idea]");
  const want = button.value;
  const number = Number(button.querySelector("b").textContent);
  const show = (voted, votes) => {
    button.setAttribute("aria-pressed", String(voted));
    button.value = voted ? "0" : "1";
    button.setAttribute("aria-label", `Vote, ${votes} so far`);
    button.querySelector("b").textContent = votes;
  };
  show(want === "1", number + (want === "1" ? 1 : -1));
  try {
    const answer = await post(`${card.dataset.idea}/vote/`, { want });
    show(answer.voted, answer.votes);
    say(answer.text);
  } catch (refusal) {
    show(want !== "1", number);
    complain(`Your vote was not counted. ${refusal.message}`);
  }
  delete button.dataset.busy;
});

// Whoever comes back to this page after a while sees what the others did.
let left = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    left = Date.now();
  } else if (left && Date.now() - left > 15_000 && !document.activeElement?.matches("#board input")) {
    document.body.dispatchEvent(new Event("board-stale"));
  }
});

document.addEventListener("htmx:afterSettle", makeSortable);
makeSortable();
