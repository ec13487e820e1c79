// Keep the focus where it was when the element that had it is swapped for its successor. htmx does this for elements
// with an id that take text; here also for buttons and links, found again by id, data-key, or name and value.

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
  if (!lost || (document.activeElement && document.activeElement !== document.body)) return;
  const scope = document.contains(lost.target) ? lost.target : swapped;
  const heir = lost.selector && (scope.querySelector?.(lost.selector) ?? document.querySelector(lost.selector));
  lost = null;
  if (heir) {
    heir.focus({ preventScroll: true });
  } else if (scope.focus) {
    if (!scope.hasAttribute("tabindex")) scope.tabIndex = -1;
    scope.focus({ preventScroll: true });
  }
});

// A page that came back refused (422, no htmx) is read from its summary of errors.
document.querySelector("main [data-form-errors]")?.focus();
