// Puts a contact form into a foreign page, in a frame that is as high as what it holds. Loaded by one line:
//   <script src="https://crm.firm.example/form/contact.js" async></script>
// data-lang, data-email, data-name … fill in beforehand; data-visitor or data-visitor-cookie tell which browser it is.
(() => {
  const script = document.currentScript;
  const address = new URL(script.src);
  const handedOn = ["lang", "name", "email", "phone", "subject", "message", "visitor"];
  const here = new URLSearchParams(location.search);
  const told = new URLSearchParams({ embed: "1", page: location.href.slice(0, 500), referrer: document.referrer.slice(0, 500) });
  for (const name of handedOn) if (script.dataset[name]) told.set(name, script.dataset[name]);
  for (const [name, value] of here) if (name.startsWith("utm_")) told.set(name, value.slice(0, 500));
  const cookie = script.dataset.visitorCookie && document.cookie.split("; ").find((one) => one.startsWith(script.dataset.visitorCookie + "="));
  if (cookie) told.set("visitor", decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)));

  const frame = document.createElement("iframe");
  frame.src = address.origin + address.pathname.replace(/\.js$/, "") + "?" + told;
  frame.title = script.dataset.title || "TITLE";
  Object.assign(frame.style, { width: "100%", height: "640px", border: "0", display: "block", colorScheme: "light dark" });
  script.after(frame);

  let pages = 0;
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const { contactForm, height } = event.data || {};
    if (Number.isFinite(height)) frame.style.height = Math.ceil(height) + "px";
    // After the form was sent its next page begins at the top, which may be out of sight.
    if (contactForm === "opened" && pages++ && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
  });
})();
