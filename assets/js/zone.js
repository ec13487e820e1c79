// A sign-up form proposes the zone of the device: an empty [data-own-time-zone] field is filled with it.

function propose(root) {
  for (const field of root.querySelectorAll("[data-own-time-zone]")) {
    if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
}

propose(document);
document.addEventListener("htmx:afterSettle", (event) => propose(event.detail.elt));
