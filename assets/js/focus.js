// Keep the focus where it was when the element that had it is swapped for its successor. htmx does this for elements
// with an id that take text; here also for buttons and links, found again by id, data-key, or name and value.

import { announce } from "./announce.js";

let lost = null;

function description(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.dataset.key) return `[data-key="${CSS.escape(element.dataset.key)}"]`;
  if (element.name) {
    const value = element.getAttribute("value");
    return `[name="${CSS.escape(element.name)}"]` + (value === null ? "" : `[value="${CSS.escape(value)}"]`);
  }
  if (element.getAttribute("href")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  return null;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const focused = document.activeElement;
  const target = event.detail.target;
  lost = focused && focused !== document.body && target?.contains(focused) ? { selector: description(focused), target } : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  const summary = swapped.querySelector?.("[data-form-errors]");
  if (summary) {
    lost = null;
    summary.focus();
    return;
  }
  if (!lost) return;
  const { selector, target } = lost;
  lost = null;
  let heir = document.activeElement === document.body ? null : document.activeElement;
  if (!heir) {
    const scope = document.contains(target) ? target : swapped;
    heir = selector && (scope.querySelector?.(selector) ?? document.querySelector(selector));
    if (!heir) {
      heir = scope;
      if (!scope.hasAttribute("tabindex")) scope.tabIndex = -1;
    }
    heir.focus({ preventScroll: true });
  }
  // A choice that was taken, where the server's answer has no words of its own.
  if (heir.getAttribute("aria-pressed") === "true" && !swapped.querySelector?.("[data-announce]")) {
    announce(`${heir.textContent.trim()}, saved.`);
  }
});

// A page that came back refused (422, no htmx) is read from its summary of errors.
document.querySelector("main [data-form-errors]")?.focus();
