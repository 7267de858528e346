// Menus (<details data-menu>) and dialogs: closing them as people expect. They open without us.
const open = () => document.querySelectorAll("details[data-menu][open]");

function closeMenus(except) {
  for (const menu of open()) if (menu !== except && !menu.contains(except)) menu.open = false;
}

function foldRail() {
  const root = document.documentElement;
  const folded = document.querySelector(".rail").offsetWidth < 100;
  root.dataset.rail = folded ? "open" : "folded";
  try { localStorage.setItem("rail", root.dataset.rail); } catch { /* not kept, then */ }
}

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target.closest("details[data-menu]"));
  if (target.closest("[data-rail-fold]")) foldRail();
  if (target.closest("[data-close-dialog]") || target.matches("dialog[open]")) target.closest("dialog").close();
  const opener = target.closest("[data-open-dialog]");
  if (opener) { closeMenus(); document.getElementById(opener.dataset.openDialog).showModal(); }
});

document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details[data-menu]") ?? event.target));

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = [...menu.querySelectorAll(".menu-item")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
  if (next) { event.preventDefault(); next.focus(); }
});
