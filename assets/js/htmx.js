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

export default htmx;
