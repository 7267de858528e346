// Notices: they leave when their countdown (an animation, paused by hover and focus) ends. Errors stay until closed.
const words = document.getElementById("words").dataset;
const place = document.getElementById("toasts");

function complain(text) {
  const notice = document.createElement("div");
  notice.className = "notice notice-error";
  notice.setAttribute("role", "alert");
  const sentence = document.createElement("span");
  sentence.className = "notice-words";
  sentence.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "notice-close";
  close.dataset.noticeClose = "";
  close.setAttribute("aria-label", words.close);
  close.textContent = "×";
  notice.append(sentence, close);
  place.append(notice);
}

place.addEventListener("animationend", (event) => event.target.closest("[data-notice]")?.remove());
place.addEventListener("click", (event) => {
  if (event.target.closest("[data-notice-close]")) event.target.closest(".notice").remove();
});

// The server answers an error with a notice and says so (HX-Retarget); anything else it did not write is not swapped in.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || xhr.status === 422) return;
  event.detail.shouldSwap = Boolean(xhr.getResponseHeader("HX-Retarget"));
  if (!event.detail.shouldSwap) complain(words.failed);
});
document.addEventListener("htmx:sendError", () => complain(words.offline));
document.addEventListener("htmx:timeout", () => complain(words.offline));
