// data-copy="text", or data-copy-from="#id" for the value or text of another element.
import { announce } from "./announce.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.dataset.before ?? label.textContent;
  label.dataset.before = before;
  try {
    await navigator.clipboard.writeText(text);
    label.textContent = "Copied";
    announce("Copied.");
  } catch {
    // No permission, or a page without https: mark the text, so that one key press copies it.
    source?.select?.();
    label.textContent = source?.select ? "Press Ctrl+C" : "Copying is not allowed here";
  }
  setTimeout(() => {
    label.textContent = before;
  }, 2000);
});
