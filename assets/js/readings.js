// data-tick-all="#list": tick every box of the list, or untick all where all are ticked.
import { announce } from "./announce.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick-all]");
  if (!button) return;
  const boxes = [...document.querySelectorAll(`${button.dataset.tickAll} input[type=checkbox]`)];
  const ticked = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = ticked;
  announce(ticked ? `${boxes.length} ticked.` : "None ticked.");
});
