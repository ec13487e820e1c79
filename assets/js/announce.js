// Say what a swap did, for those who do not see it: an element with data-announce in what came back,
// or an `announce` event from the server (HX-Trigger: {"announce": {"text": "…"}}).

export function announce(text) {
  const place = document.getElementById("announcer");
  if (!place || !text) return;
  place.textContent = "";
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}

document.addEventListener("htmx:afterSettle", (event) => {
  const swapped = event.detail.elt;
  const speaker = swapped.matches?.("[data-announce]") ? swapped : swapped.querySelector?.("[data-announce]");
  if (speaker) announce(speaker.dataset.announce);
});

document.addEventListener("announce", (event) => announce(event.detail.text ?? event.detail.value));
