// What the note editor's modules share: text typed as if by hand, so that the browser's undo takes it back, and what of
// the text is mathematics.

/** The editor of a form, a toolbar or anything else beside it. */
export const editorNear = (node) => node.closest("[data-note-form]")?.querySelector(".markdownx-editor") ?? null;

/** Put `text` in place of what stands from `start` to `end`; select from `from` to `to`, counted from `start`. */
export function type(editor, start, end, text, from = text.length, to = from) {
  editor.focus();
  editor.setSelectionRange(start, end);
  // execCommand is the one way that keeps the browser's undo; setRangeText where it is not there.
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!done) {
    editor.setRangeText(text, start, end, "end");
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  }
  editor.setSelectionRange(start + from, start + to);
}

/** The delimiter of the formula that `place` stands in: "$", "$$", "\\(", "\\[", "env"; or "" in plain words. */
export function mathAt(text, place) {
  const before = text.slice(0, place);
  const paragraph = before.slice(Math.max(before.lastIndexOf("\n\n"), before.lastIndexOf("\n```")) + 1);
  let open = "";
  for (const [piece, name] of paragraph.matchAll(/\\(?:begin|end)\{(align|equation|gather|multline|alignat|flalign|eqnarray)\*?\}|\\.|`[^`\n]*`|\$\$?/g)) {
    if (piece[0] === "`") continue;
    if (name) open = piece.startsWith("\\b") ? "env" : "";
    else if (piece === "\\(" || piece === "\\[") open ||= piece;
    else if ((piece === "\\)" && open === "\\(") || (piece === "\\]" && open === "\\[")) open = "";
    else if (piece[0] === "$") open = open === piece ? "" : open || piece;
  }
  if (open) return open;
  // A numbered environment may hold empty lines in its text.
  const opened = before.match(/\\begin\{(align|equation|gather|multline)\*?\}(?![\s\S]*\\end\{\1)/);
  return opened ? "env" : "";
}

/** Insert a snippet at the cursor. `‸` is where the cursor goes, or what the selection replaces. */
export function insertSnippet(editor, snippet, { block = false, math = false } = {}) {
  const { selectionStart: start, selectionEnd: end, value } = editor;
  const chosen = value.slice(start, end);
  let text = snippet;
  if (math && !mathAt(value, start)) text = `$${text}$`;
  if (block) {
    const before = value.slice(0, start);
    const after = value.slice(end);
    if (before && !before.endsWith("\n\n")) text = (before.endsWith("\n") ? "\n" : "\n\n") + text;
    if (!after.startsWith("\n\n")) text += after.startsWith("\n") ? "\n" : "\n\n";
  }
  const at = text.indexOf("‸");
  const written = text.replace("‸", () => chosen).replaceAll("‸", "");
  if (at < 0) type(editor, start, end, written);
  else type(editor, start, end, written, at, at + chosen.length);
}
