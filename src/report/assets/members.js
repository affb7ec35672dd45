
// A group of the map, opened: its cells as a table under the map, those that are hit most first. While a trial is replayed
// the table follows it. Groups are opened by a click, Enter or Space, and closed by the same, Escape or the button.

const ROWS = 50;

function members({ svg, pictures, nodes }) {
  const panel = svg.closest(".scroll").parentNode.querySelector(`.members[data-of="${svg.dataset.film}"]`);
  const briefs = data.briefs?.[svg.dataset.film];
  if (!panel || !briefs) return null;
  const cells = pictures.map.cells;
  let opened = null, now = null, rows = ROWS;

  const text = (tag, words, attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = words;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  // The worst first: at a moment by state, over all trials by how often and how long.
  const order = (a, b) => {
    const state = (cell) => STATES.indexOf(now[cell]);
    const [, , hitA, , p90A] = briefs[a], [, , hitB, , p90B] = briefs[b];
    return (now ? state(a) - state(b) : 0) || hitB - hitA || p90B - p90A || a - b;
  };
  const percent = (share) => (share > 0 && share < 0.001 ? "<0.1%" : `${Math.round(share * 1000) / 10}%`);

  const draw = () => {
    const { name, ids } = opened;
    const table = document.createElement("table"), body = document.createElement("tbody"), head = document.createElement("tr");
    for (const title of ["cell", ...(now ? ["now"] : []), "usual state", "share of trials", "out or touched", "outage p50", "p90"]) head.append(text("th", title, { scope: "col" }));
    for (const cell of [...ids].sort(order).slice(0, rows)) {
      const [state, share, hit, p50, p90] = briefs[cell];
      const row = document.createElement("tr");
      row.append(text("th", clean(cells[cell].name), { scope: "row" }));
      if (now) row.append(text("td", now[cell], { class: `state-of s-${now[cell]}` }));
      row.append(text("td", state), text("td", percent(share), { class: "n" }), text("td", percent(hit), { class: "n" }), text("td", duration(p50), { class: "n" }), text("td", duration(p90), { class: "n" }));
      body.append(row);
    }
    const top = document.createElement("thead");
    top.append(head);
    table.append(top, body);
    const close = text("button", "Close", { type: "button" });
    close.addEventListener("click", shut);
    const parts = [text("h3", `${name}: ${ids.length} cells`), close, table];
    if (ids.length > rows) {
      const more = text("button", `Show all ${ids.length}`, { type: "button" });
      more.addEventListener("click", () => {
        rows = ids.length;
        draw();
        panel.focus();
      });
      parts.push(more);
    }
    panel.replaceChildren(...parts);
  };
  const mark = () => nodes.forEach(({ g }) => g.classList.contains("group") && g.setAttribute("aria-expanded", String(g === opened?.g)));
  const shut = () => {
    const from = opened?.g;
    opened = null;
    panel.hidden = true;
    mark();
    from?.focus({ preventScroll: true });
  };
  const open = (g, ids) => {
    if (opened?.g === g) return shut();
    opened = { g, ids, name: g.getAttribute("aria-label").split(", ")[0].replace(/: \d+ cells$/, "") };
    rows = ROWS;
    draw();
    panel.hidden = false;
    mark();
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  };
  for (const { g, cells: ids } of nodes.filter(({ g, cells: ids }) => g.classList.contains("group") && ids.length > 0)) {
    g.setAttribute("role", "button");
    g.addEventListener("click", () => open(g, ids));
    g.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open(g, ids);
    });
  }
  panel.addEventListener("keydown", (event) => event.key === "Escape" && shut());
  mark();
  return {
    at(states) {
      now = states;
      if (opened) draw();
    },
  };
}
