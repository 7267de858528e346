// Forms: Ctrl+Enter sends, nothing is sent twice, the first field in error gets the focus, text areas grow.
const isUnsafe = (form) => form.method === "post";
const release = (form) => { form.removeAttribute("aria-busy"); delete form.dataset.sent; };

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.form ?? event.target.closest?.("form");
  if (!form || !isUnsafe(form)) return;
  event.preventDefault();
  const main = form.querySelector("[type=submit].btn-primary") ?? form.querySelector("[type=submit], button:not([type])");
  form.requestSubmit(main ?? undefined);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isUnsafe(form)) return;
  if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

// after htmx had its turn: what it did not take over leaves the page, or downloads a file and stays
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isUnsafe(form) || event.defaultPrevented) return;
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  setTimeout(release, 5000, form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

let running = 0;
const count = (change) => {
  running = Math.max(0, running + change);
  document.documentElement.classList.toggle("busy", running > 0);
};
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("form");
  if (form && isUnsafe(form) && event.detail.requestConfig.verb !== "get") form.dataset.sent = "yes";
  count(1);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) release(form);
  count(-1);
});

function focusFirstError(within) {
  const field = within?.querySelector?.('[aria-invalid="true"]');
  field?.focus();
  if (field?.select && field.type !== "file") field.select();
}
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status === 422) focusFirstError(event.detail.elt.closest("form") ?? event.detail.elt);
});
focusFirstError(document.querySelector("main"));

// a fault in the summary leads into its field
document.addEventListener("click", (event) => {
  const link = event.target.closest(".form-faults a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) { event.preventDefault(); (field.matches("fieldset") ? field.querySelector("input") : field).focus(); }
});

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", (event) => {
    if (!event.target.matches("textarea")) return;
    event.target.style.height = "auto";
    event.target.style.height = `${event.target.scrollHeight + 2}px`;
  });
}
