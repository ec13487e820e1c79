// The editor's toolbar: snippets of mathematics, matrices by size, a palette of symbols, full screen. The toolbar is one
// stop of the Tab key; arrows, Home and End walk within it.
import { announce } from "./announce.js";
import { editorNear, insertSnippet, mathAt, type } from "./editing.js";

const SNIPPETS = {
  inline: ["$‸$", {}],
  display: ["$$\n‸\n$$", { block: true }],
  align: ["\\begin{align}\n‸ &=  \\\\\n  &= \n\\end{align}", { block: true }],
  cases: ["\\begin{cases} ‸ & \\text{if }  \\\\  & \\text{otherwise} \\end{cases}", { math: true }],
  frac: ["\\frac{‸}{}", { math: true }],
  sum: ["\\sum_{i=1}^{n} ‸", { math: true }],
  gradient: ["\\nabla_{x} ‸", { math: true }],
  link: ["[[‸]]", {}],
};

function run(editor, name) {
  const [snippet, how] = SNIPPETS[name];
  const inside = mathAt(editor.value, editor.selectionStart);
  if (inside && (name === "inline" || name === "display")) return announce("The cursor stands in a formula already.");
  if (inside && name === "align") return insertSnippet(editor, "\\begin{aligned} ‸ &=  \\\\ &=  \\end{aligned}");
  insertSnippet(editor, snippet, how);
  editor.dispatchEvent(new CustomEvent("note:typed", { bubbles: true })); // a link's list of names opens
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-snippet]");
  if (button) run(editorNear(button), button.dataset.snippet);
});

// One stop of the Tab key --------------------------------------------------------------------------------------------

const itemsOf = (bar) => [...bar.querySelectorAll(":scope > button, :scope > .toolbar-group > button")].filter((each) => each.offsetParent);

function go(bar, item) {
  for (const each of itemsOf(bar)) each.tabIndex = each === item ? 0 : -1;
  item.focus();
}

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("[data-toolbar]");
  if (bar && !event.target.closest("[popover]")) {
    const items = itemsOf(bar);
    const place = items.indexOf(event.target);
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined && place >= 0) {
      event.preventDefault();
      go(bar, items[(to + items.length) % items.length]);
    } else if (event.key === "Escape") {
      editorNear(bar).focus();
    }
    return;
  }
  const editor = event.target.closest?.(".markdownx-editor");
  if (!editor || event.isComposing) return;
  const form = editor.closest("[data-note-form]");
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (event.altKey && event.key === "F10") {
    event.preventDefault();
    const toolbar = form.querySelector("[data-toolbar]");
    go(toolbar, toolbar.querySelector('button[tabindex="0"]'));
  } else if (control && !event.shiftKey && event.key === "m") {
    event.preventDefault();
    run(editor, "inline");
  } else if (control && event.shiftKey && event.key.toLowerCase() === "m") {
    event.preventDefault();
    run(editor, "display");
  } else if (control && event.shiftKey && event.key.toLowerCase() === "y") {
    event.preventDefault();
    const palette = form.querySelector("[data-palette]");
    palette.showPopover();
    begin(palette); // at once: the toggle event comes after the next key
  } else if (control && event.shiftKey && event.key.toLowerCase() === "f") {
    event.preventDefault();
    full(form.querySelector("[data-full]"));
  } else if (event.key === "Escape" && form.hasAttribute("data-is-full") && !event.defaultPrevented) {
    full(form.querySelector("[data-full]"));
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toolbar] button");
  const bar = button?.closest("[data-toolbar]");
  if (bar && itemsOf(bar).includes(button)) for (const each of itemsOf(bar)) each.tabIndex = each === button ? 0 : -1;
});

// Full screen --------------------------------------------------------------------------------------------------------

function full(button) {
  const form = button.closest("[data-note-form]");
  const is = form.toggleAttribute("data-is-full");
  button.setAttribute("aria-pressed", String(is));
  document.documentElement.toggleAttribute("data-editor-full", is);
  announce(is ? "The editor fills the screen. Escape leaves." : "The editor is back in its page.");
  editorNear(button).focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-full]");
  if (button) full(button);
});

// Matrices by size ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-matrix]");
  if (!button) return;
  const box = button.closest("[popover]");
  const read = (name) => Math.min(10, Math.max(1, Math.trunc(Number(box.querySelector(`[data-matrix=${name}]`).value)) || 1));
  const [rows, columns] = [read("rows"), read("columns")];
  const environment = box.querySelector("[data-matrix=kind]").value;
  const row = Array(columns).fill("").join(" & ");
  const lines = Array(rows).fill(`  ${row}`);
  lines[0] = `  ‸${row}`;
  box.hidePopover();
  insertSnippet(editorNear(button), `\\begin{${environment}}\n${lines.join(" \\\\\n")}\n\\end{${environment}}`, { math: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-matrix]")) return;
  event.preventDefault(); // it would send the note
  event.target.closest("[popover]").querySelector("[data-insert-matrix]").click();
});

// Symbols ------------------------------------------------------------------------------------------------------------

const shown = (palette) => [...palette.querySelectorAll("[data-symbol]:not([hidden])")];

document.addEventListener(
  "toggle",
  (event) => {
    const palette = event.target.closest?.("[data-palette]");
    if (!palette || event.newState !== "open") return;
    if (!palette.contains(document.activeElement)) begin(palette);
  },
  true,
);

function begin(palette) {
  const field = palette.querySelector("[data-palette-filter]");
  field.value = "";
  narrow(palette, "");
  field.focus();
}

function narrow(palette, words) {
  for (const each of palette.querySelectorAll("[data-symbol]")) {
    each.hidden = !!words && !`${each.dataset.symbol} ${each.dataset.names ?? ""} ${each.textContent}`.toLowerCase().includes(words);
  }
  for (const group of palette.querySelectorAll(".palette-group")) group.hidden = !group.querySelector("[data-symbol]:not([hidden])");
  palette.querySelector("[data-palette-none]").hidden = shown(palette).length > 0;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-palette-filter]")) narrow(event.target.closest("[data-palette]"), event.target.value.trim().toLowerCase());
});

document.addEventListener("keydown", (event) => {
  const palette = event.target.closest?.("[data-palette]");
  if (!palette) return;
  const items = shown(palette);
  if (event.target.matches("[data-palette-filter]")) {
    if (event.key === "Enter") {
      event.preventDefault();
      items[0]?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      items[0]?.focus();
    }
    return;
  }
  const place = items.indexOf(event.target);
  if (place < 0) return;
  const top = items[place].offsetTop;
  const left = items[place].offsetLeft;
  let to = null;
  if (event.key === "ArrowRight") to = items[(place + 1) % items.length];
  else if (event.key === "ArrowLeft") to = items[(place - 1 + items.length) % items.length];
  else if (event.key === "ArrowDown") to = nearest(items.filter((each) => each.offsetTop > top), left, 1);
  else if (event.key === "ArrowUp") to = nearest(items.filter((each) => each.offsetTop < top).reverse(), left, -1) ?? palette.querySelector("[data-palette-filter]");
  else if (event.key === "Home") to = items[0];
  else if (event.key === "End") to = items.at(-1);
  if (to) {
    event.preventDefault();
    to.focus();
  }
});

function nearest(items, left) {
  const row = items.filter((each) => each.offsetTop === items[0].offsetTop);
  return row.sort((a, b) => Math.abs(a.offsetLeft - left) - Math.abs(b.offsetLeft - left))[0];
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-symbol]");
  if (!button) return;
  const editor = editorNear(button);
  button.closest("[popover]").hidePopover();
  const tex = button.dataset.symbol;
  const { selectionStart: start, selectionEnd: end, value } = editor;
  // A command needs a space before a letter, and mathematics its dollars.
  const gap = /[a-zA-Z]$/.test(tex) && /^[a-zA-Z]/.test(value.slice(end)) ? " " : "";
  if (mathAt(value, start)) type(editor, start, end, tex + gap);
  else type(editor, start, end, `$${tex}$`, tex.length + 1);
});
