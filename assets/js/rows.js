// j and k walk the rows of the list on the page, Enter opens: the row's first link has the focus.
import { isTyping } from "./typing.js";

function rowLinks() {
  return [...document.querySelectorAll("[data-rows]")]
    .flatMap((list) => [...list.querySelectorAll("[data-row], :scope > li, :scope > tbody > tr")])
    .map((row) => row.querySelector("a[href], button"))
    .filter((link) => link && link.checkVisibility());
}

document.addEventListener("keydown", (event) => {
  if ((event.key !== "j" && event.key !== "k") || isTyping(event)) return;
  const links = rowLinks();
  if (links.length === 0) return;
  const active = document.activeElement;
  const here = links.findIndex((link) => link === active || link.closest("[data-row], li, tr")?.contains(active));
  const step = event.key === "j" ? 1 : -1;
  const next = here === -1 ? (step === 1 ? 0 : links.length - 1) : here + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  event.preventDefault();
  link.focus({ focusVisible: true });
  link.scrollIntoView({ block: "nearest" });
});
