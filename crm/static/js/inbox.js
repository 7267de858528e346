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
// The page says that it is open, and whether something is being written: colleagues see it, and it tells what came in.
let typed = 0;
document.addEventListener("input", (event) => { if (event.target.id === "composer-body") typed = Date.now(); });
document.addEventListener("htmx:configRequest", (event) => {
  const here = event.detail.elt;
  if (here.id !== "here") return;
  event.detail.parameters.known = here.dataset.known;
  if (Date.now() - typed < 20000) event.detail.parameters.writing = 1;
  if (!here.dataset.told) event.detail.parameters.first = here.dataset.told = 1;
});
setInterval(() => {
  const here = document.getElementById("here");
  if (here && !document.hidden) window.htmx.trigger(here, "here");
}, 12000);

// A list in which somebody has ticked something, or opened a menu, is left alone until that is over.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "inbox-list" && event.detail.elt.querySelector("[data-pick]:checked, details[open], .inbox-search input:focus")) event.preventDefault();
});

// # marks the open conversation as spam; its entry lies in a menu that is closed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "#" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const spam = document.querySelector("#conversation [data-spam]");
  if (spam) { spam.click(); event.preventDefault(); }
});
window.addEventListener("popstate", () => setTimeout(mark, 50));

// A semicolon at the beginning of a word opens the saved replies; typing filters them, Enter inserts the first, Escape leaves the semicolon.
let asked = false;
const savedReplies = () => document.getElementById("saved-replies");

function beginsWord(body) {
  const before = body.value.slice(0, body.selectionStart);
  return before.endsWith(";") && !/\S;$/.test(before);
}

// Files of a saved reply: ticked below the text, and gone when the tick is.
function attachSaved(files) {
  const place = document.getElementById("composer-saved-files");
  for (const [id, name] of files) {
    if (place.querySelector(`[value="${id}"]`)) continue;
    const label = Object.assign(document.createElement("label"), { className: "form-check" });
    const box = Object.assign(document.createElement("input"), { className: "form-check-input", type: "checkbox", name: "saved_file", value: id, checked: true });
    label.append(box, Object.assign(document.createElement("span"), { className: "form-check-label", textContent: name }));
    place.append(label);
  }
}

function insertSaved(text) {
  const body = document.getElementById("composer-body");
  const from = asked ? body.selectionStart - 1 : body.selectionStart;
  savedReplies().open = false;
  body.setRangeText(text, from, body.selectionEnd, "end");
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
  asked = false;
}

function filterSaved(words) {
  for (const item of savedReplies().querySelectorAll(".saved-reply")) item.hidden = !words.every((word) => item.dataset.words.includes(word));
}

document.addEventListener("input", (event) => {
  if (event.target.id === "composer-body" && event.data === ";" && beginsWord(event.target) && savedReplies()) {
    asked = savedReplies().open = true;
    savedReplies().querySelector(".saved-filter")?.focus();
  }
  if (event.target.matches(".saved-filter")) filterSaved(event.target.value.toLowerCase().split(/\s+/));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "saved-replies-list") event.detail.target.querySelector(".saved-filter")?.focus();
});

document.addEventListener("click", (event) => {
  const item = event.target.closest(".saved-reply");
  if (item) {
    insertSaved(item.dataset.text);
    attachSaved(JSON.parse(item.dataset.files ?? "[]"));
  }
  if (event.target.closest("#saved-replies > summary")) asked = false;
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".saved-filter")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    savedReplies().querySelector(".saved-reply:not([hidden])")?.click();
  }
  if (event.key === "Escape") setTimeout(() => document.getElementById("composer-body").focus());
});

// @ in an internal note offers colleagues below the field: arrows choose, Enter or Tab takes one, Escape leaves what was typed.
const colleagues = () => document.getElementById("mention-list");
const offered = () => [...colleagues().querySelectorAll("[role=option]:not([hidden])")];

function beginOfName(body) {
  const isNote = document.querySelector(".composer [value=note]:checked");
  return isNote ? /(?<![\p{L}\d_@.])@([\p{L}\d_.-]*(?: [\p{L}-]*)?)$/u.exec(body.value.slice(0, body.selectionStart)) : null;
}

function closeNames(body) {
  colleagues().hidden = true;
  body.removeAttribute("aria-activedescendant");
}

function chooseName(body, index) {
  const names = offered();
  names.forEach((name, at) => name.setAttribute("aria-selected", String(at === index)));
  body.setAttribute("aria-activedescendant", names[index].id);
  names[index].scrollIntoView({ block: "nearest" });
}

function offerNames(body, begun) {
  for (const name of colleagues().children) name.hidden = !name.dataset.name.toLowerCase().split(" ").some((_part, at, parts) => parts.slice(at).join(" ").startsWith(begun.toLowerCase()));
  for (const name of offered().slice(8)) name.hidden = true; // who is further down is found by another letter
  const names = offered();
  const said = document.getElementById("mention-said");
  colleagues().hidden = !names.length;
  said.textContent = names.length ? said.dataset.some.replace("#", names.length) : said.dataset.none;
  if (names.length) chooseName(body, 0); else closeNames(body);
}

function takeName(body, item) {
  const begun = beginOfName(body)[1];
  body.setRangeText(`${item.dataset.name} `, body.selectionStart - begun.length, body.selectionStart, "end");
  closeNames(body);
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", async (event) => {
  if (event.target.id !== "composer-body" || !colleagues()) return;
  if (!beginOfName(event.target)) { if (!colleagues().hidden) closeNames(event.target); return; }
  const list = colleagues();
  list.loading ??= window.htmx.ajax("GET", "/inbox/mentionable", { target: list, swap: "innerHTML" }); // asked once, however fast one types
  await list.loading;
  const begun = beginOfName(event.target);
  if (begun) offerNames(event.target, begun[1]);
});

document.addEventListener("keydown", (event) => {
  const body = event.target;
  if (body.id !== "composer-body" || !colleagues() || colleagues().hidden || event.ctrlKey || event.metaKey) return;
  const names = offered();
  const at = names.findIndex((name) => name.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) chooseName(body, (at + step + names.length) % names.length);
  else if (event.key === "Enter" || event.key === "Tab") takeName(body, names[at]);
  else if (event.key === "Escape") { closeNames(body); event.stopPropagation(); }
  else return;
  event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  const item = event.target.closest("#mention-list [role=option]");
  if (item) takeName(document.getElementById("composer-body"), item);
});
document.addEventListener("focusout", (event) => {
  if (event.target.id === "composer-body") setTimeout(() => colleagues() && document.activeElement?.id !== "composer-body" && closeNames(event.target), 200);
});

// Other menus that are filtered as one types (macros): Enter takes the first.
document.addEventListener("input", (event) => {
  if (!event.target.matches(".menu-filter")) return;
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const item of event.target.parentElement.querySelectorAll(event.target.dataset.filter)) item.hidden = !words.every((word) => item.dataset.words.includes(word));
});
document.addEventListener("htmx:afterSwap", (event) => event.detail.target.querySelector?.(":scope > .menu-filter")?.focus());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.(".menu-filter")) return;
  event.preventDefault();
  event.target.parentElement.querySelector(`${event.target.dataset.filter}:not([hidden]) button`)?.click();
});

mark();
showNewest();
