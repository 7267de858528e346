// Boxes in front of the rows of a list: how many are ticked, all at once, and everything between two clicks with Shift.
// The bar below the list is shown by css, and its form works without this.
const boxes = () => [...document.querySelectorAll("[data-pick]")];
let last = null;

function tell() {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const all = boxes();
  const ticked = all.filter((box) => box.checked);
  const words = form.querySelector("[data-bulk-count]");
  const whole = form.querySelector("[data-bulk-all]")?.checked;
  if (ticked.length && words) words.textContent = ticked.length === 1 ? words.dataset.one : words.dataset.many.replace("#", ticked.length);
  words?.toggleAttribute("hidden", Boolean(whole));
  const head = document.querySelector("[data-pick-all]");
  if (head) {
    head.hidden = false;
    head.checked = all.length > 0 && ticked.length === all.length;
    head.indeterminate = ticked.length > 0 && !head.checked;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches("[data-pick], [data-pick-all], [data-bulk-all]")) tell();
});
document.addEventListener("reset", () => setTimeout(tell));
document.addEventListener("htmx:afterSettle", tell);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.target.closest("input[type=search], dialog")) document.querySelector("[data-bulk]")?.reset();
});
tell();
