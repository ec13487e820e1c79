// After an @, the members of the group as a list below the text: arrows and Enter, or a click. The name is typed into the
// text as if by hand, so that the browser's undo works.

import { announce } from "./announce.js";

const AT = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}_'’-]*(?: [\p{L}\p{N}_'’-]*)?)$/u;
const MOST = 8;
const names = new Map();
let open = null; // { text, list, from, place }

async function peopleOf(form) {
  const url = form?.dataset.people;
  if (!url) return [];
  if (!names.has(url)) {
    const asked = fetch(url, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { names: [] }))
      .then((answer) => answer.names)
      .catch(() => {
        names.delete(url); // asked again at the next @
        return [];
      });
    names.set(url, asked);
  }
  return names.get(url);
}

function listOf(text) {
  let list = document.getElementById(`${text.id}-people`);
  if (!list) {
    list = document.createElement("ul");
    list.id = `${text.id}-people`;
    list.className = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Members");
    text.parentElement.classList.add("mention-place");
    text.after(list);
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", list.id);
  }
  return list;
}

function close() {
  if (!open) return;
  open.list.hidden = true;
  open.text.removeAttribute("aria-activedescendant");
  open = null;
}

function select(place) {
  const options = [...open.list.children];
  open.place = (place + options.length) % options.length;
  for (const [nth, option] of options.entries()) option.setAttribute("aria-selected", String(nth === open.place));
  open.text.setAttribute("aria-activedescendant", options[open.place].id);
  options[open.place].scrollIntoView({ block: "nearest" });
}

function take(name) {
  const { text, from } = open;
  close();
  text.focus();
  text.setSelectionRange(from, text.selectionStart);
  if (!document.execCommand("insertText", false, `${name} `)) text.setRangeText(`${name} `, from, text.selectionEnd, "end");
}

async function look(text) {
  const before = text.value.slice(0, text.selectionStart);
  const typed = before.match(AT);
  if (!typed) return close();
  const all = await peopleOf(text.form);
  if (document.activeElement !== text || text.value.slice(0, text.selectionStart) !== before) return;
  const wanted = typed[1].toLocaleLowerCase();
  const parts = (name) => [name, ...name.split(" ")].map((part) => part.toLocaleLowerCase());
  const found = all.filter((name) => parts(name).some((part) => part.startsWith(wanted))).slice(0, MOST);
  if (!found.length || found.some((name) => name.toLocaleLowerCase() === wanted.trimEnd())) return close();
  const list = listOf(text);
  list.replaceChildren(
    ...found.map((name, nth) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${nth}`;
      option.setAttribute("role", "option");
      option.textContent = name;
      return option;
    }),
  );
  list.hidden = false;
  open = { text, list, from: text.selectionStart - typed[1].length, place: 0 };
  select(0);
  announce(`${found.length} member${found.length === 1 ? "" : "s"}. Arrows to choose, Enter to take.`);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-mentions]")) look(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!open || event.target !== open.text || event.isComposing) return;
  if (event.key === "ArrowDown") select(open.place + 1);
  else if (event.key === "ArrowUp") select(open.place - 1);
  else if (event.key === "Enter" || event.key === "Tab") take(open.list.children[open.place].textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("mousedown", (event) => {
  const option = open && event.target.closest(".mention-list > li");
  if (!option) return;
  event.preventDefault(); // the text keeps the focus
  take(option.textContent);
});

document.addEventListener("focusout", (event) => {
  if (open && event.target === open.text) close();
});
