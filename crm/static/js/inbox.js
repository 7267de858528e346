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

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "conversation" && event.detail.target?.id !== "conversation" && event.target.id !== "inbox-list") return;
  mark();
  if (event.target.id === "conversation") showNewest();
});
window.addEventListener("popstate", () => setTimeout(mark, 50));

mark();
showNewest();
