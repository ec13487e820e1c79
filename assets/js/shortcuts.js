// `?` shows the shortcuts; `g` then a letter goes to a page of the rail (data-goto); `n` presses the page's primary action
// (data-primary, or the one in its header); `/` goes to the search field (data-search); `h` and `l` turn to the page before
// and after (rel="prev", "next").
import { isTyping } from "./typing.js";
import { openDialog } from "./dialogs.js";

let goUntil = 0;

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  if (event.timeStamp < goUntil) {
    goUntil = 0;
    const link = document.querySelector(`[data-goto="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  const turn = { h: "prev", l: "next" }[event.key];
  if (turn) {
    document.querySelector(`a[rel~="${turn}"]`)?.click();
  } else if (event.key === "g") {
    goUntil = event.timeStamp + 1500;
  } else if (event.key === "?") {
    const help = document.getElementById("shortcuts");
    if (help) {
      event.preventDefault();
      openDialog(help);
    }
  } else if (event.key === "/" || event.key === "n") {
    const place = document.querySelector(event.key === "/" ? "[data-search]" : "[data-primary], .page-actions .btn-primary");
    if (place) {
      event.preventDefault();
      event.key === "/" ? place.focus() : place.click();
    }
  }
});
