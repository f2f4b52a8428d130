// Runs before the first frame, so that a stored choice is never preceded by the other scheme.
// A blocked storage (private windows) means Auto.
try { const kept = localStorage.getItem("appearance"); if (kept === "light" || kept === "dark") document.documentElement.dataset.appearance = kept; } catch { /* Auto */ }
