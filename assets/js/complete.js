// After a backslash, commands and the group's macros; after [[, notes, readings, sessions and ideas: a list at the cursor,
// for arrows and Enter or Tab, or a click. Focus stays in the text (a combobox); what is taken is typed as if by hand.
import { announce } from "./announce.js";
import { type } from "./editing.js";
import { placeOf } from "./places.js";

const MOST = 12;
const COMMANDS = `alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
 upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell nabla partial infty hbar
 sum prod int lim max min sup inf log ln exp sin cos tan tanh det dim ker arg
 le ge ne approx equiv sim simeq propto succ succeq prec preceq ll gg in notin subset subseteq cup cap setminus emptyset perp mid
 parallel forall exists land lor neg implies iff to mapsto rightarrow leftarrow Rightarrow Leftrightarrow longrightarrow
 cdot times odot otimes oplus oslash circ ast pm mp div star top dagger ldots cdots vdots ddots quad qquad coloneqq triangleq
 langle rangle lVert rVert lvert rvert lfloor rfloor lceil rceil label eqref tag notag`
  .split(/\s+/)
  .map((name) => [`\\${name}`, "", `\\${name}`])
  .concat(
    [
      ["\\frac{}{}", "fraction", 6], ["\\tfrac{}{}", "small fraction", 7], ["\\sqrt{}", "root", 6], ["\\text{}", "words", 6],
      ["\\mathbb{}", "double struck", 8], ["\\mathbf{}", "bold", 8], ["\\mathcal{}", "script", 9], ["\\mathrm{}", "upright", 8],
      ["\\boldsymbol{}", "bold Greek", 12], ["\\hat{}", "hat", 5], ["\\bar{}", "bar", 5], ["\\tilde{}", "tilde", 7], ["\\dot{}", "dot", 5],
      ["\\operatorname{}", "a named function", 14], ["\\binom{}{}", "binomial", 7], ["\\overline{}", "line above", 10],
      ["\\left(\\right)", "brackets that grow", 6], ["\\mathbb{E}[]", "expectation", 11], ["\\mathbb{R}", "real numbers", 10],
      ["\\begin{align}\n\n\\end{align}", "lines with numbers", 14], ["\\begin{equation}\n\n\\end{equation}", "one line with its number", 17],
      ["\\begin{aligned}  \\end{aligned}", "lines within a formula", 16], ["\\begin{cases}  \\end{cases}", "by cases", 14],
      ["\\begin{pmatrix}  \\end{pmatrix}", "matrix", 16], ["\\begin{bmatrix}  \\end{bmatrix}", "matrix", 16],
      ["\\operatorname{tr}", "trace", 17], ["\\operatorname{diag}", "diagonal", 19], ["\\operatorname{Var}", "variance", 18], ["\\operatorname{Cov}", "covariance", 18],
    ].map(([text, words, at]) => [text.split(/[\n ]/)[0], words, text, at]),
  );

let open = null; // { editor, list, from, items, place }
let asked = 0;
const macrosOf = new Map();

const urlOf = (editor) => editor.closest("[data-note-form]")?.dataset.completeUrl;

function ask(url) {
  return fetch(url, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .catch(() => ({}));
}

function macros(editor) {
  const url = urlOf(editor);
  if (!url) return Promise.resolve([]);
  if (!macrosOf.has(url)) macrosOf.set(url, ask(url).then((answer) => (answer.macros ?? []).map(({ name, call, words, takes }) => [call, words || "macro of the group", `\\${name}${"{}".repeat(takes)}`, takes ? name.length + 2 : undefined])));
  return macrosOf.get(url);
}

async function suggest(editor, forced) {
  const at = editor.selectionStart;
  if (at !== editor.selectionEnd) return close();
  const before = editor.value.slice(Math.max(0, at - 200), at);
  const mine = ++asked;
  const link = before.match(/\[\[([^[\]\n]*)$/);
  if (link && !link[1].includes("|") && !link[1].includes("#")) {
    const url = urlOf(editor);
    if (!url) return close();
    const answer = await ask(`${url}?q=${encodeURIComponent(link[1])}`);
    if (mine !== asked) return;
    const tail = editor.value.slice(at).startsWith("]]") ? "" : "]]";
    return show(editor, at - link[1].length, (answer.items ?? []).map(({ insert, shown, kind }) => [shown, kind, insert + tail, undefined, 2]));
  }
  const command = before.match(/(?<!\\)(?:\\\\)*(\\[a-zA-Z]*)$/);
  const typed = command?.[1] ?? "";
  if (!command || (typed.length < 2 && !forced)) return close();
  const known = await macros(editor);
  if (mine !== asked) return;
  const own = new Set(known.map(([, , text]) => text.match(/^\\[a-zA-Z]+/)[0]));
  const lower = typed.toLowerCase();
  const all = [...known, ...COMMANDS.filter(([, , text]) => !own.has(text.match(/^\\[a-zA-Z]+(?![{(])/)?.[0]))];
  const found = all.filter(([shown]) => shown.startsWith(typed));
  const others = all.filter((each) => !found.includes(each) && each[0].toLowerCase().startsWith(lower));
  const short = (a, b) => a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1);
  const items = [...found.sort(short), ...others.sort(short)].slice(0, MOST); // with its own case first
  if (items.length === 1 && items[0][2] === typed) return close();
  show(editor, at - typed.length, items);
}

function show(editor, from, items) {
  close();
  if (!items.length || document.activeElement !== editor) return;
  const list = document.createElement("ul");
  list.id = `${editor.id}-completions`;
  list.className = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  for (const [nth, [shown, words]] of items.entries()) {
    const option = document.createElement("li");
    option.id = `${list.id}-${nth}`;
    option.setAttribute("role", "option");
    const name = document.createElement("code");
    name.textContent = shown;
    option.append(name);
    if (words) {
      const what = document.createElement("span");
      what.textContent = words;
      option.append(" ", what);
    }
    list.append(option);
  }
  const box = editor.closest(".markdownx");
  box.append(list);
  const { top, left, height } = placeOf(editor, from);
  list.style.insetBlockStart = `${Math.max(0, top + height + 2)}px`;
  list.style.insetInlineStart = `${Math.max(0, Math.min(left, box.clientWidth - list.offsetWidth - 4))}px`;
  open = { editor, list, from, items, place: -1 };
  editor.setAttribute("aria-expanded", "true");
  editor.setAttribute("aria-controls", list.id);
  select(0);
  announce(`${items.length} completion${items.length === 1 ? "" : "s"}. Arrows choose, Enter takes one.`);
}

function select(place) {
  const options = [...open.list.children];
  open.place = (place + options.length) % options.length;
  for (const [nth, option] of options.entries()) option.setAttribute("aria-selected", String(nth === open.place));
  open.editor.setAttribute("aria-activedescendant", options[open.place].id);
  options[open.place].scrollIntoView({ block: "nearest" });
}

function close() {
  if (!open) return;
  open.list.remove();
  open.editor.removeAttribute("aria-activedescendant");
  open.editor.setAttribute("aria-expanded", "false");
  open.editor.removeAttribute("aria-controls");
  open = null;
}

function take(nth) {
  const { editor, from, items } = open;
  const [, , text, at, past] = items[nth];
  close();
  asked += 1; // what was asked before comes too late
  const end = editor.selectionStart;
  type(editor, from, end, text, at ?? text.length);
  // The closing brackets that were there already are passed.
  if (past && !text.endsWith("]]") && editor.value.slice(editor.selectionStart).startsWith("]]")) {
    editor.setSelectionRange(editor.selectionStart + 2, editor.selectionStart + 2);
  }
  asked += 1;
}

let timer = 0;
document.addEventListener("input", (event) => {
  const editor = event.target.closest?.(".markdownx-editor");
  if (!editor) return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(editor, false), /\[\[[^\]\n]*$/.test(editor.value.slice(0, editor.selectionStart)) ? 120 : 0);
});
document.addEventListener("note:typed", (event) => suggest(event.target, false));

document.addEventListener(
  "keydown",
  (event) => {
    const editor = event.target.closest?.(".markdownx-editor");
    if (!editor || event.isComposing) return;
    if (event.ctrlKey && event.key === " ") {
      event.preventDefault();
      return void suggest(editor, true);
    }
    if (!open || open.editor !== editor || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") select(open.place + 1);
    else if (event.key === "ArrowUp") select(open.place - 1);
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) take(open.place);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("pointerdown", (event) => {
  const option = open && event.target.closest("[role=option]");
  if (!option || option.parentElement !== open.list) return close();
  event.preventDefault(); // the text keeps the focus
  take([...open.list.children].indexOf(option));
});
document.addEventListener("focusout", (event) => {
  if (open && event.target === open.editor) close();
});
document.addEventListener("selectionchange", () => {
  if (open && open.editor.selectionStart < open.from) close();
});

for (const editor of document.querySelectorAll("[data-note-form] .markdownx-editor")) {
  editor.setAttribute("aria-autocomplete", "list");
  editor.setAttribute("aria-haspopup", "listbox");
}
