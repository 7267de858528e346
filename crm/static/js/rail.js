// Runs before the first paint, so that a folded menu does not jump. Everything else waits.
document.documentElement.classList.add("scripted");
try {
  const kept = localStorage.getItem("rail");
  if (kept) document.documentElement.dataset.rail = kept;
} catch { /* storage may be forbidden; the menu then unfolds on each page */ }
