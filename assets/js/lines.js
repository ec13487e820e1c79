// An address that ends in #line-12 leads to the block of a note that holds line 12 of its source.
function go() {
  const line = Number(location.hash.match(/^#line-(\d+)$/)?.[1]);
  if (!line) return;
  let block = null;
  for (const each of document.querySelectorAll(".prose-note [data-line]")) {
    if (!/^\d+$/.test(each.dataset.line) || Number(each.dataset.line) > line) continue;
    block = each;
  }
  if (!block) return;
  block.scrollIntoView({ block: "center" });
  block.classList.add("is-meant");
}
window.addEventListener("hashchange", go);
if (document.readyState === "complete") go();
else window.addEventListener("load", go);
