// A step's sign opens what is known of it: by a click, by Enter or Space, and from the links of the strip at the top.
const open = (id) => {
  const place = document.getElementById(id);
  const details = place?.closest("details");
  if (!details) return false;
  details.open = true;
  place.scrollIntoView({ block: "nearest" });
  details.querySelector("summary").focus({ preventScroll: true });
  return true;
};

const verdictOf = (sign) => sign.id.replace(/step-(\d+)$/, "verdict-$1");

document.addEventListener("click", (event) => {
  const sign = event.target.closest(".math-step");
  if (sign) open(verdictOf(sign));
  const link = event.target.closest('a[href^="#verdict-"]');
  if (link && open(link.hash.slice(1))) {
    event.preventDefault();
    history.replaceState(history.state, "", link.hash);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  const sign = event.target.closest(".math-step");
  if (sign && open(verdictOf(sign))) event.preventDefault();
});

if (location.hash.startsWith("#verdict-")) open(location.hash.slice(1));
