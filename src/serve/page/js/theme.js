// @ts-check
// Sets the colours before anything is drawn (a file of its own, for scripts in the page are not allowed).
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* a private window: the system's colours */ }
