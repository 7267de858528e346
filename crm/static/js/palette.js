// The command box: opened by "/", Ctrl+K or the field in the top bar; the arrows choose among the results the server sent.
const box = document.getElementById("palette");
const input = document.getElementById("palette-q");
const results = document.getElementById("palette-results");
const TYPING = "input, textarea, select, [contenteditable]";
const options = () => [...results.querySelectorAll("[role=option]")];

function show() {
  const ownField = document.querySelector("main #search-q");
  if (ownField) return ownField.focus();
  if (box.open) return;
  box.showModal();
  input.select();
  window.htmx.trigger(input, "palette-open");
}

function choose(index) {
  const all = options();
  all.forEach((option, at) => {
    option.id ||= `option-${at}`;
    option.setAttribute("aria-selected", String(at === index));
  });
  const chosen = all[index];
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
}

const chosenIndex = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

input.addEventListener("keydown", (event) => {
  const count = options().length;
  if (event.key === "Escape") { event.preventDefault(); box.close(); } // a search field would only empty itself
  if (event.key === "Enter") { event.preventDefault(); options()[Math.max(0, chosenIndex())]?.click(); }
  if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || !count) return;
  event.preventDefault();
  choose((chosenIndex() + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
});

results.addEventListener("htmx:afterSwap", () => choose(0));

for (const opener of document.querySelectorAll("[data-palette-opener]")) {
  opener.addEventListener("mousedown", (event) => { event.preventDefault(); show(); });
  opener.addEventListener("click", (event) => { event.preventDefault(); show(); });
  opener.addEventListener("input", () => { input.value = opener.value; opener.value = ""; show(); });
}

document.addEventListener("keydown", (event) => {
  const withControl = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest(TYPING);
  if ((!withControl && !slash) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  show();
});
