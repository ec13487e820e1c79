// What the preview could not read is marked beside its line, and listed below; both lead to the line.
import { placesOf } from "./places.js";

const problemsOf = new WeakMap();

function startOf(editor, line) {
  let at = 0;
  for (let n = 1; n < line; n += 1) {
    const next = editor.value.indexOf("\n", at);
    if (next < 0) break;
    at = next + 1;
  }
  return at;
}

/** Put the cursor on a line of the text, and the line into view; the text is shown first where the preview hides it. */
export function goToLine(editor, line) {
  const form = editor.closest("[data-note-form]");
  if (!editor.offsetParent) form.querySelector('[data-editor-shows="text"]')?.click();
  const at = startOf(editor, line);
  const end = editor.value.indexOf("\n", at);
  editor.focus();
  editor.setSelectionRange(at, end < 0 ? editor.value.length : end);
  const [{ top, height }] = placesOf(editor, [at]);
  const within = top - editor.offsetTop;
  if (within < 0 || within > editor.clientHeight - height) editor.scrollTop += within - editor.clientHeight / 3;
}

function marksOf(editor) {
  const box = editor.closest(".markdownx");
  let marks = box.querySelector(":scope > .editor-marks");
  if (!marks) {
    marks = document.createElement("div");
    marks.className = "editor-marks";
    box.append(marks);
  }
  return marks;
}

function draw(editor) {
  const lines = new Map();
  for (const { line, message } of problemsOf.get(editor) ?? []) lines.set(line, lines.has(line) ? `${lines.get(line)} ${message}` : message);
  const marks = marksOf(editor);
  marks.textContent = "";
  if (!lines.size || !editor.offsetParent) return;
  const sorted = [...lines.entries()].sort(([a], [b]) => a - b).slice(0, 50);
  const places = placesOf(editor, sorted.map(([line]) => startOf(editor, line)));
  for (const [nth, [line, words]] of sorted.entries()) {
    const { top, height } = places[nth];
    const within = top - editor.offsetTop;
    if (within < -height || within > editor.clientHeight - height / 2) continue; // scrolled out of view
    const mark = document.createElement("button");
    mark.type = "button";
    mark.tabIndex = -1; // the list below the text is the keyboard's way
    mark.className = "editor-mark";
    mark.textContent = "!";
    mark.title = `Line ${line}: ${words}`;
    mark.setAttribute("aria-label", mark.title);
    mark.dataset.goLine = line;
    mark.style.insetBlockStart = `${top}px`;
    mark.style.blockSize = `${height}px`;
    marks.append(mark);
  }
}

function list(editor) {
  const place = editor.closest("[data-note-form]").querySelector("[data-problems]");
  if (!place) return;
  const problems = problemsOf.get(editor) ?? [];
  place.hidden = !problems.length;
  place.textContent = "";
  for (const { line, message } of problems.slice(0, 20)) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.dataset.goLine = line;
    button.textContent = `Line ${line}`;
    item.append(button, `: ${message}`);
    const unknown = message.match(/^`\\([a-zA-Z]+)` is not a command/);
    if (unknown && place.dataset.macrosUrl) {
      const link = document.createElement("a");
      link.href = `${place.dataset.macrosUrl}?name=${unknown[1]}`;
      link.target = "_blank";
      link.rel = "noopener";
      link.className = "text-link";
      link.textContent = "Make it a macro of the group";
      item.append(" ", link);
    }
    place.append(item);
  }
}

document.addEventListener("note:problems", (event) => {
  problemsOf.set(event.target, event.detail);
  draw(event.target);
  list(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go-line]");
  if (button) goToLine(button.closest("[data-note-form]").querySelector(".markdownx-editor"), Number(button.dataset.goLine));
});

let frame = 0;
const again = (editor) => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => draw(editor));
};
document.addEventListener("scroll", (event) => {
  if (event.target.matches?.(".markdownx-editor")) again(event.target);
}, true);
document.addEventListener("input", (event) => {
  if (event.target.matches?.(".markdownx-editor")) again(event.target);
});
window.addEventListener("resize", () => {
  for (const editor of document.querySelectorAll(".markdownx-editor")) again(editor);
});
