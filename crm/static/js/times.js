// Relative times stay true while a page is open: the same steps and words as `ago` of crm/formatting.py.
const words = document.getElementById("words").dataset;
const say = (past, unit, count) => {
  const key = { now: ["agoNow", "agoSoon"], min: ["agoMin", "agoInMin"], hour: ["agoHour", "agoInHour"] }[unit][past ? 0 : 1];
  return words[key].replace("#", count);
};

function text(moment) {
  const seconds = Math.trunc((Date.now() - moment) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 60) return say(seconds >= 0, "now", 0);
  if (distance < 3600) return say(seconds >= 0, "min", Math.floor(distance / 60));
  if (distance < 86400) return say(seconds >= 0, "hour", Math.floor(distance / 3600));
  return null; // days turn over with the calendar of the person's zone: the server says those
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const now = text(Date.parse(element.dateTime));
    if (now && element.textContent !== now) element.textContent = now;
  }
}

setInterval(refresh, 60_000);
document.addEventListener("visibilitychange", refresh);
