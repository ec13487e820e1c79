// Dollars and braces in pairs: around a selection, and closed where one is opened before a gap. Each is typed as if by
// hand, so that undo takes it back, and Backspace takes an empty pair whole.
import { mathAt, type } from "./editing.js";

const CLOSING = { $: "$", "{": "}", "(": ")", "[": "]" };
const made = new WeakMap(); // editor → places of closings that we typed and nobody has passed yet

function pair(editor, event) {
  const { selectionStart: start, selectionEnd: end, value } = editor;
  const key = event.key;
  const next = value[end] ?? "";
  if (start === end && made.get(editor)?.includes(next + end) && key === next) {
    event.preventDefault(); // typed over
    editor.setSelectionRange(end + 1, end + 1);
    made.set(editor, made.get(editor).filter((each) => each !== next + end));
    return;
  }
  const closing = CLOSING[key];
  if (!closing) return;
  if (start !== end) {
    event.preventDefault();
    const chosen = value.slice(start, end);
    type(editor, start, end, key + chosen + closing, 1, 1 + chosen.length);
    return;
  }
  const before = value[start - 1] ?? "";
  const opens = key === "$" ? !mathAt(value, start) && !/[\w\\$]/.test(before) : key === "{" && before !== "\\" && !!mathAt(value, start);
  if (!opens || (next && !/[\s)}\]$.,;:&]/.test(next)) || (key === "$" && next === "$")) return;
  event.preventDefault();
  type(editor, start, end, key + closing, 1);
  made.set(editor, [...(made.get(editor) ?? []).map((each) => (Number(each.slice(1)) >= start ? each[0] + (Number(each.slice(1)) + 2) : each)), closing + (start + 1)]);
}

document.addEventListener("keydown", (event) => {
  const editor = event.target.closest?.(".markdownx-editor");
  if (!editor || event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Backspace" && editor.selectionStart === editor.selectionEnd) {
    const at = editor.selectionStart;
    if (CLOSING[editor.value[at - 1]] === editor.value[at] && made.get(editor)?.includes(editor.value[at] + at)) {
      event.preventDefault();
      type(editor, at - 1, at + 1, "");
      made.set(editor, []);
    }
  } else if (event.key.length === 1) pair(editor, event);
});

// What was typed since moves the closings along; a click elsewhere forgets them.
document.addEventListener("beforeinput", (event) => {
  const editor = event.target.closest?.(".markdownx-editor");
  const places = editor && made.get(editor);
  if (!places?.length) return;
  const at = editor.selectionStart;
  const grows = event.inputType === "insertText" && event.data ? event.data.length : event.inputType === "deleteContentBackward" ? -1 : null;
  if (grows === null || at !== editor.selectionEnd) return made.set(editor, []);
  if (event.data?.length > 1) return; // a pair of ours
  made.set(editor, places.map((each) => (Number(each.slice(1)) >= at ? each[0] + (Number(each.slice(1)) + grows) : each)));
});
document.addEventListener("pointerdown", (event) => {
  const editor = event.target.closest?.(".markdownx-editor");
  if (editor) made.set(editor, []);
});
