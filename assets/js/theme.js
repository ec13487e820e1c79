// Paper, ink, or what the device says. The choice stands in a cookie so that the server can print it into the page.
import { announce } from "./announce.js";

const names = { paper: "Paper, light", ink: "Ink, dark", device: "As the device" };

function current() {
  return document.documentElement.dataset.theme ?? "device";
}

function mark() {
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === current()));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (!button) return;
  const choice = button.dataset.setTheme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (choice === "device") {
    delete document.documentElement.dataset.theme;
    document.cookie = `theme=; path=/; max-age=0; samesite=lax${secure}`;
  } else {
    document.documentElement.dataset.theme = choice;
    document.cookie = `theme=${choice}; path=/; max-age=31536000; samesite=lax${secure}`;
  }
  mark();
  announce(`Theme: ${names[choice]}.`);
});

mark();
