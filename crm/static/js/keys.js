// Shortcuts. `g x` follows the link with data-go="x"; a single key clicks the element with data-key (in the row that has the
// focus, else on the page, else in the "New" menu); j and k move through the list marked data-list. Never while typing.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
let waitingForGo = 0;
let lastIndex = -1;

const visible = (element) => element.checkVisibility({ visibilityProperty: true });
const items = () => [...document.querySelectorAll("[data-list] [data-item]")].filter(visible);

function move(step) {
  const rows = items();
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement?.closest("[data-item]"));
  const from = here >= 0 ? here : Math.min(lastIndex, rows.length) - (step > 0 ? 1 : 0);
  lastIndex = Math.max(0, Math.min(rows.length - 1, here >= 0 || lastIndex >= 0 ? from + step : 0));
  const row = rows[lastIndex];
  const opener = row.matches("a[href]") ? row : row.querySelector("[data-open], a[href]");
  if (!opener) row.tabIndex = -1;
  (opener ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
}

function actOn(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const row = document.activeElement?.closest("[data-item]");
  const target = [...(row?.querySelectorAll(selector) ?? [])].find(visible)
    ?? [...document.querySelectorAll(`main ${selector}`)].find((one) => visible(one) && !one.closest("[data-item]"))
    ?? document.querySelector(`.topbar ${selector}`);
  if (!target) return false;
  if (target.matches(TYPING)) { target.focus(); target.scrollIntoView({ block: "nearest" }); } else target.click();
  return true;
}

function undo() {
  const buttons = [...document.querySelectorAll("[data-undo]")];
  buttons.at(-1)?.click();
  return buttons.length > 0;
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function run(key) {
  if (Date.now() < waitingForGo) { waitingForGo = 0; return go(key); }
  if (key === "g") { waitingForGo = Date.now() + 1500; return true; }
  if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
  if (key === "u") return undo();
  if (key === "?") { document.getElementById("shortcuts").showModal(); return true; }
  return key.length === 1 && actOn(key);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest(TYPING)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (run(event.key)) event.preventDefault();
});

// In a list that is worked off (data-list="stay") the cursor stays where it was when its row is gone: on what moved up.
document.addEventListener("htmx:afterRequest", () => {
  if (lastIndex < 0 || document.activeElement !== document.body || !document.querySelector('[data-list="stay"]')) return;
  const rows = items();
  lastIndex = Math.min(lastIndex, rows.length - 1);
  (rows[lastIndex]?.querySelector("[data-open], a[href]") ?? rows[lastIndex])?.focus();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-item]");
  if (row) lastIndex = items().indexOf(row);
});
