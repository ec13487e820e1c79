// Following a notification marks it as read. Without JavaScript its button does.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-mark-read]");
  if (!link) return;
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  fetch(link.dataset.markRead, { method: "POST", headers: { "X-CSRFToken": token ?? "", "HX-Request": "true" }, keepalive: true });
});
