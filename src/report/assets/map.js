
// Looking at a map: hover or the arrow keys light up a node with everything it is tied to. One stop for Tab per map.
function look(svg) {
  const nodes = all(".node", svg), edges = all(".edge", svg);
  const light = (id) => {
    const tied = new Set([id]);
    for (const path of edges) {
      const ends = [path.dataset.from, path.dataset.to];
      const lit = id !== null && ends.includes(id);
      path.classList.toggle("lit", lit);
      if (lit) ends.forEach((end) => tied.add(end));
    }
    nodes.forEach((node) => node.classList.toggle("lit", id !== null && tied.has(node.dataset.node)));
  };
  nodes.forEach((node, i) => {
    node.setAttribute("tabindex", i === 0 ? "0" : "-1");
    node.addEventListener("mouseenter", () => {
      light(node.dataset.node);
      tip(node);
    });
    node.addEventListener("mouseleave", () => light(null));
    node.addEventListener("focus", () => light(node.dataset.node));
    node.addEventListener("blur", () => light(null));
    node.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const to = by && nodes[i + by];
      if (!to) return;
      event.preventDefault();
      node.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    });
  });
}

// A tooltip that says what a reader who does not see hears, as it is now.
function tip(node) {
  let title = node.querySelector(":scope > title");
  if (!title) {
    title = document.createElementNS(node.namespaceURI, "title");
    node.prepend(title);
  }
  title.textContent = node.getAttribute("aria-label");
}
