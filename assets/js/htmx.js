import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false, // the content security policy has no unsafe-eval; hx-on and trigger filters are off
  includeIndicatorStyles: false, // nor unsafe-inline; the styles stand in layout.css
  selfRequestsOnly: true,
  allowScriptTags: false,
  historyCacheSize: 0, // pages of a group are private: none is kept in the browser's storage
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  defaultSettleDelay: 0,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a refused form comes back as its own fragment
    { code: "[45]..", swap: false, error: true },
  ],
});

// A whole page where a fragment was asked for is a page to go to: most often the log-in, because the session ended
// meanwhile. Swapped in, it would stand inside the page it belongs around.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (requestConfig.elt.getAttribute("hx-swap") === "none") return;
  if (xhr.status >= 400 || target === document.body || !/^\s*<!doctype html/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  const page = new URL(xhr.responseURL);
  if (page.searchParams.has("next")) page.searchParams.set("next", location.pathname + location.search);
  location.assign(page);
});

export default htmx;
