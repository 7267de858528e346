// The inbox: the chosen row is marked, the composer gets the focus when its kind is chosen, the newest message is in view.
function mark() {
  const here = location.pathname;
  for (const row of document.querySelectorAll(".inbox-row")) {
    if (row.pathname === here) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
  }
}

function showNewest() {
  const column = document.querySelector(".conversation-main");
  const newest = document.querySelector("#thread > .message[open]");
  if (column && newest) column.scrollTop = Math.max(0, newest.offsetTop - column.offsetTop - 8);
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest(".composer-tab");
  if (tab) setTimeout(() => document.getElementById("composer-body").focus());
});

// When the list fetches itself anew it gets as many rows as it shows, and stays where it was scrolled to.
let scrolled = 0;
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id === "inbox-list") event.detail.parameters.rows = event.detail.elt.querySelectorAll(".inbox-row").length;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "inbox-list") scrolled = event.detail.target.querySelector(".inbox-rows").scrollTop;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "conversation" && event.detail.target?.id !== "conversation" && event.target.id !== "inbox-list") return;
  mark();
  if (event.target.id === "conversation") showNewest();
  if (event.target.id === "inbox-list") event.target.querySelector(".inbox-rows").scrollTop = scrolled;
});
window.addEventListener("popstate", () => setTimeout(mark, 50));

mark();
showNewest();
