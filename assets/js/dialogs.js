// A dialog opens by popovertarget without JavaScript; with it, as a modal that holds the focus.

export function openDialog(dialog) {
  if (dialog.matches(":popover-open")) dialog.hidePopover();
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[popovertarget]");
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute("popovertarget"));
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else openDialog(dialog);
    }
    return;
  }
  const closer = event.target.closest("[data-close-dialog]");
  const dialog = event.target.closest("dialog[open]");
  // A click on the backdrop lands on the dialog itself, outside its box.
  const outside = dialog && event.target === dialog && !within(dialog.getBoundingClientRect(), event);
  if (dialog && (closer || outside)) {
    event.preventDefault();
    dialog.close();
  }
});

// A menu closes when one of its entries was taken, and a details menu when the click is elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu-more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu-more[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function within(box, { clientX, clientY }) {
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
