// Messages: dismissed by their button, added by the server (HX-Trigger: {"message": {"text": "…", "level": "success"}})
// and by us when a request did not get through.
import { announce } from "./announce.js";

export function showMessage(text, level = "info") {
  const place = document.getElementById("messages");
  const mould = document.getElementById("message-template");
  if (!place || !mould) return;
  const message = mould.content.firstElementChild.cloneNode(true);
  message.classList.add(level);
  message.querySelector(".message-text").textContent = text;
  place.append(message);
  message.scrollIntoView({ block: "nearest" });
  announce(text);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (!button) return;
  const message = button.closest(".message");
  const next = message.nextElementSibling ?? message.previousElementSibling;
  message.remove();
  (next?.querySelector("[data-dismiss]") ?? document.getElementById("content"))?.focus({ preventScroll: true });
});

document.addEventListener("message", (event) => {
  if (event.detail?.text) showMessage(event.detail.text, event.detail.level);
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  const reasons = {
    403: "You may not do that here, or this page is too old. Reload it and try again.",
    404: "This is no longer here. Someone may have removed it; reload the page.",
    409: "Someone else changed this meanwhile. Reload the page to see both.",
    413: "This is too large to send.",
    429: "That was too often in a short time. Wait a minute and try again.",
  };
  showMessage(reasons[status] ?? `The server could not do that (error ${status}). Nothing was saved; try again in a moment.`, "error");
});

document.addEventListener("htmx:sendError", () => {
  showMessage("No connection to the server. Nothing was saved; what you typed is still here.", "error");
});

document.addEventListener("htmx:timeout", () => {
  showMessage("The server did not answer in time. What you typed is still here; try again.", "error");
});
