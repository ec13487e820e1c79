/** Whether a key belongs to a field, a dialog or a modifier, and not to a page shortcut. */
export function isTyping(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target;
  if (target.isContentEditable || target.closest?.("[data-own-keys], .cm-editor")) return true;
  if (document.querySelector("dialog[open]:modal")) return true;
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select") ?? false;
}
