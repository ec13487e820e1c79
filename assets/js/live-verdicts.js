// Verdicts while one types: below the preview's mathematics, which comes first, the checker's answer on the same text.
//
// The editor tells of a text before it asks for its preview ("note:text"), and once that shows ("note:previewed") or
// cannot be had ("note:unpreviewed"). Only what shows is judged, so that the preview does not wait for the checker; an
// answer to an older text is dropped, and the server stops working on it. Blocks that stay as they are keep their
// verdicts, dimmed until the answer is there, and what is open in them stays open.
import { answerOf } from "./answers.js";

const states = new WeakMap();
const MOST_SLICES = 12;
const MOST_RETRIES = 5;

const partsOf = (editor) => {
  const form = editor.closest("[data-note-form]");
  return {
    place: form.querySelector("[data-live]"),
    strip: form.querySelector("[data-live-strip]"),
    givens: form.querySelector("[data-live-givens]"),
    token: form.querySelector("[name=csrfmiddlewaretoken]").value,
    pane: editor.closest(".markdownx").querySelector(".markdownx-preview"),
  };
};

document.addEventListener("note:text", (event) => {
  const editor = event.target;
  if (!partsOf(editor).place) return;
  const state = states.get(editor) ?? {};
  states.set(editor, state);
  state.request?.abort();
  clearTimeout(state.timer);
  Object.assign(state, { request: null, text: event.detail.text, slices: 0, retries: 0, unfinished: null });
  busy(editor, true);
});

document.addEventListener("note:previewed", (event) => {
  const state = states.get(event.target);
  if (state?.text === event.detail.text) ask(event.target, state);
});

document.addEventListener("note:unpreviewed", (event) => {
  if (states.get(event.target)?.text === event.detail.text) busy(event.target, false); // the old text shows, and its verdicts
});

async function ask(editor, state) {
  const { place, token } = partsOf(editor);
  const text = state.text;
  const request = (state.request = new AbortController());
  const body = new FormData();
  body.append("content", text);
  busy(editor, true);
  try {
    const response = await fetch(place.dataset.live, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      signal: request.signal,
    });
    const answer = await answerOf(response, "The verdicts could not be had. They come with saving.");
    if (state.request !== request) return;
    if (answer.again_seconds && state.retries < MOST_RETRIES) {
      state.retries += 1; // another tab of ours, or other people
      state.timer = setTimeout(() => ask(editor, state), 1000 * Math.min(answer.again_seconds, 20));
      return;
    }
    if (answer.error) return say(editor, answer.error);
    show(editor, state, answer);
  } catch (error) {
    if (error.name !== "AbortError" && state.request === request) say(editor, "No verdicts: the server does not answer. They come with saving.");
  }
}

function show(editor, state, answer) {
  const { strip, givens, pane } = partsOf(editor);
  putDecorated(pane, answer.html);
  put(strip, answer.strip);
  const isOpen = givens.querySelector("details")?.open;
  if (put(givens, answer.givens) && isOpen) givens.querySelector("details")?.setAttribute("open", "");
  // A long note is judged slice by slice, as long as each gets further.
  const goesOn = answer.unfinished > 0 && (state.unfinished === null || answer.unfinished < state.unfinished) && state.slices < MOST_SLICES;
  state.unfinished = answer.unfinished;
  state.slices += 1;
  if (goesOn) ask(editor, state);
  else busy(editor, false);
}

function say(editor, words) {
  const line = document.createElement("p");
  line.className = "muted small";
  line.textContent = words;
  put(partsOf(editor).strip, line.outerHTML);
  busy(editor, false);
}

function busy(editor, is) {
  const { place, pane } = partsOf(editor);
  place.classList.toggle("is-checking", is);
  pane.classList.toggle("is-checking", is);
}

function put(place, html) {
  if (place.dataset.shown === html) return false; // nothing is announced twice
  place.dataset.shown = html;
  place.innerHTML = html;
  return true;
}

// Blocks of a preview: a top-level element with what stands below it. `plain` is its HTML without verdicts and lines.
const blocks = new WeakMap();
const withoutLine = (html) => html.replace(/ data-line="\d+"/g, "");

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // sanitised by the server
  return template.content;
}

// The plain preview: blocks that were there before stay, with their verdicts.
export function putPlain(pane, html) {
  const before = new Map();
  for (const block of blocks.get(pane) ?? []) {
    if (!before.has(block.plain)) before.set(block.plain, []);
    before.get(block.plain).push(block);
  }
  const now = [];
  for (const element of [...parsed(html).children]) {
    const plain = withoutLine(element.outerHTML);
    const kept = before.get(plain)?.shift();
    if (kept) renumber(kept.nodes[0], element);
    now.push(kept ?? { plain, nodes: [element], decorated: "" });
  }
  arrange(pane, now);
}

// The same text with its verdicts: as many blocks, in the same order.
function putDecorated(pane, html) {
  const groups = [];
  for (const element of [...parsed(html).children]) {
    if (element.classList.contains("verdicts") && groups.length) groups.at(-1).push(element);
    else groups.push([element]);
  }
  const present = blocks.get(pane) ?? [];
  if (groups.length !== present.length) {
    blocks.delete(pane); // never seen; the whole is right in any case
    pane.innerHTML = html;
    return;
  }
  const now = groups.map((nodes, place) => {
    const decorated = nodes.map((each) => withoutLine(each.outerHTML)).join("");
    const { plain, nodes: old, decorated: shown } = present[place];
    if (decorated === shown) return present[place];
    const open = old.flatMap((node) => [...node.querySelectorAll("details[open]")].map((each) => each.id)).filter(Boolean);
    for (const node of nodes) for (const each of node.querySelectorAll("details")) if (open.includes(each.id)) each.open = true;
    return { plain, nodes, decorated };
  });
  arrange(pane, now);
}

function renumber(kept, element) {
  const lines = [element, ...element.querySelectorAll("[data-line]")];
  [kept, ...kept.querySelectorAll("[data-line]")].forEach((each, place) => {
    if (lines[place]?.dataset.line) each.dataset.line = lines[place].dataset.line;
  });
}

// Only what differs is moved, so that a focus within what stays is kept.
function arrange(pane, now) {
  const wanted = now.flatMap((block) => block.nodes);
  const stays = new Set(wanted);
  for (const child of [...pane.childNodes]) if (!stays.has(child)) child.remove();
  let at = pane.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else pane.insertBefore(node, at);
  }
  blocks.set(pane, now);
}

// The strip and the panel lead into the text: on a narrow screen the preview has to show first.
document.addEventListener(
  "click",
  (event) => {
    const form = event.target.closest("[data-note-form]");
    if (!form) return;
    const line = event.target.closest("[data-to-line]");
    const editor = form.querySelector(".markdownx-editor");
    if (line && editor) {
      event.preventDefault();
      const shown = form.querySelector('[data-editor-shows="text"]');
      if (shown?.offsetParent) shown.click();
      toLine(editor, Number(line.dataset.toLine));
    } else if (event.target.closest('[data-live-strip] a[href^="#verdict-"]')) {
      const shows = form.querySelector('[data-editor-shows="preview"]');
      if (shows?.offsetParent) shows.click();
    }
  },
  true,
);

function toLine(editor, number) {
  const lines = editor.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  editor.focus();
  editor.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
  const height = Number.parseFloat(getComputedStyle(editor).lineHeight);
  editor.scrollTop = Math.max(0, (number - 1) * height - editor.clientHeight / 3); // wrapped lines make it a little off
}
