
// Light, dark, or as the system has it; remembered where the browser lets a page from disk remember anything.
function theme() {
  const button = document.querySelector(".theme");
  const themes = ["system", "light", "dark"];
  let at = 0;
  const stored = (value) => {
    try {
      return value === undefined ? localStorage.getItem("foreshock-theme") : localStorage.setItem("foreshock-theme", value);
    } catch {
      return null;
    }
  };
  const show = () => {
    if (at === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[at];
    button.textContent = at === 0 ? "Theme: as the system" : `Theme: ${themes[at]}`;
  };
  at = Math.max(0, themes.indexOf(stored()));
  button.hidden = false;
  button.addEventListener("click", () => {
    at = (at + 1) % themes.length;
    stored(themes[at]);
    show();
  });
  show();
}

// Paper cannot be opened: what is folded away only to be short on a screen is printed.
function paper() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details.folded:not([open]), details.about:not([open])");
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));
}
