// What is said at a step opens below its display. Without a script the same link leads to a page of its own.
import htmx from "./htmx.js";

const placeOf = (link) => {
  const verdicts = link.closest(".verdicts");
  if (!verdicts) return null;
  let place = verdicts.querySelector(":scope > .step-place");
  if (!place) {
    place = document.createElement("div");
    place.className = "step-place";
    verdicts.append(place);
  }
  return place;
};

let opener = null;

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close-talk]");
  if (close) {
    close.closest(".step-place")?.remove();
    if (opener?.isConnected) opener.focus();
    return;
  }
  const link = event.target.closest("a[data-talk-at]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const place = placeOf(link);
  if (!place) return;
  event.preventDefault();
  opener = link;
  if (place.dataset.shows === link.href) {
    place.remove();
    return;
  }
  place.dataset.shows = link.href;
  htmx.ajax("GET", link.href, { target: place, swap: "innerHTML" }).then(() => {
    const title = place.querySelector("h2");
    if (!title) return location.assign(link.href);
    title.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  });
});

// The button that closes it has a meaning only where it was opened in place.
document.addEventListener("htmx:afterSettle", (event) => {
  for (const button of event.detail.elt.parentElement?.querySelectorAll(".step-place [data-close-talk]") ?? []) button.hidden = false;
});
