
// The frontier: hover or focus tells a setting in words; the arrow keys go from one to the next. One stop for Tab.
function frontier(section) {
  const says = section.querySelector(".frontier-says");
  const points = all(".point", section);
  const at = (point) => Number(point.querySelector(".dot").getAttribute("cx").replace("%", ""));
  points.sort((a, b) => at(a) - at(b));
  const tell = (point) => {
    points.forEach((other) => other.classList.toggle("lit", other === point));
    says.textContent = point.getAttribute("aria-label");
  };
  points.forEach((point, i) => {
    point.setAttribute("tabindex", i === 0 ? "0" : "-1");
    point.addEventListener("mouseenter", () => {
      tell(point);
      tip(point);
    });
    point.addEventListener("focus", () => tell(point));
    point.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const to = by && points[i + by];
      if (!to) return;
      event.preventDefault();
      point.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    });
  });
}
