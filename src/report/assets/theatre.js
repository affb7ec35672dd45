
// Replays single trials on maps: one slider moves all maps of a theatre and the cursor of its Gantt charts.

const STATES = ["down", "failing", "degraded", "starved", "lagging", "exposed", "normal"];
const LETTERS = { down: "D", failing: "F", degraded: "G", starved: "S", lagging: "L", exposed: "E", normal: "N" };
const MOMENTS = 400; // Longer films are thinned to this many stops.
const PACE_MS = 650;

// A map as drawn (all trials), and what it shows at a moment of a film.
class Stage {
  constructor(svg) {
    this.svg = svg;
    this.name = svg.closest("figure")?.querySelector("figcaption").textContent ?? "";
    this.pictures = data.pictures[svg.dataset.film];
    this.nodes = all(".node", svg).map((g) => ({
      g,
      cells: g.dataset.cells === "" ? [] : g.dataset.cells.split(" ").map(Number),
      letter: g.querySelector(".letter"),
      words: g.querySelector(".state"),
      bar: bar(g),
      before: { class: g.getAttribute("class"), letter: g.querySelector(".letter").textContent, words: g.querySelector(".state").textContent, label: g.getAttribute("aria-label") },
    }));
    this.edges = all(".edge", svg).map((path) => ({ path, from: Number(path.dataset.from) }));
  }

  film(which) {
    return this.pictures?.films.find((film) => film.which === which);
  }

  all() {
    for (const { g, letter, words, before } of this.nodes) {
      g.setAttribute("class", before.class);
      g.setAttribute("aria-label", before.label);
      letter.textContent = before.letter;
      words.textContent = before.words;
    }
    this.edges.forEach(({ path }) => path.classList.remove("ill"));
    this.nodes.forEach(({ bar }) => bar?.restore());
    this.members?.at(null);
  }

  at(which, time) {
    const film = this.film(which);
    if (!film) return this.all();
    const now = new Array(this.pictures.map.cells.length).fill("normal");
    for (const span of film.spans) {
      if (span.from_min <= time && (time < span.to_min || span.open)) now[span.cell] = span.state;
    }
    this.counted = counted(now) + (time >= film.ends_min && film.spans.some((span) => span.open) ? ", not back when the trial ends" : "");
    const ill = new Set();
    this.nodes.forEach((node, id) => {
      if (node.cells.length === 0) return;
      const states = node.cells.map((cell) => now[cell]);
      const worst = STATES.find((state) => states.includes(state));
      if (["down", "failing", "degraded"].includes(worst)) ill.add(id);
      if (node.cells.length === 1) return this.show(node, worst, worst);
      node.bar?.show(STATES.map((state) => states.filter((other) => other === state).length));
      this.show(node, worst, group(states, worst));
    });
    this.edges.forEach(({ path, from }) => path.classList.toggle("ill", ill.has(from)));
    this.members?.at(now);
  }

  // What happened on this map between two moments: how things stand, then the first few events.
  said(which, after, until, most) {
    const film = this.film(which);
    if (!film) return ["no such trial"];
    const moments = film.moments.filter((m) => m.time_ms / 60000 > after && m.time_ms / 60000 <= until);
    const texts = moments.slice(0, most).map((m) => clean(`${m.subject} ${m.text}`));
    if (moments.length > most) texts.push(`and ${moments.length - most} more`);
    return [this.counted, ...texts];
  }

  show({ g, letter, words, before }, state, text) {
    for (const other of STATES) g.classList.toggle(`s-${other}`, other === state);
    letter.textContent = LETTERS[state];
    words.textContent = text;
    g.setAttribute("aria-label", `${before.label.split(", ")[0]}, ${text}`);
  }
}

// A group at a moment, in words: what its badge says first, then how many are out in all.
function group(states, worst) {
  const count = (some) => states.filter((state) => some.includes(state)).length;
  const out = count(STATES.slice(0, 3)), of = states.length;
  if (worst === "normal") return `all ${of} normal`;
  const bad = count([worst]);
  return out > bad ? `${bad} ${worst}, ${out} of ${of} out` : `${bad} of ${of} ${worst}`;
}

// How many cells are in which state, in words.
function counted(states) {
  const counts = STATES.map((state) => [states.filter((other) => other === state).length, state]);
  return counts.filter(([n, state]) => n > 0 && state !== "normal").map(([n, state]) => `${whole(n)} ${state}`).join(", ") || "all cells normal";
}

// The bar of a group: a part for each state, as long as there are cells in it.
function bar(g) {
  const shares = g.querySelector(".shares");
  if (!shares) return null;
  const parts = all("rect", shares);
  const before = parts.map((part) => [part.getAttribute("x"), part.getAttribute("width")]);
  const [left, wide] = [Number(before[0][0]), Number(shares.dataset.wide)];
  const place = (part, x, width) => {
    part.setAttribute("x", x);
    part.setAttribute("width", width);
  };
  return {
    show(counts) {
      const total = counts.reduce((sum, n) => sum + n, 0);
      let x = left;
      parts.forEach((part, i) => {
        place(part, x, (wide * counts[i]) / total);
        x += (wide * counts[i]) / total;
      });
    },
    restore: () => parts.forEach((part, i) => place(part, ...before[i])),
  };
}

class Theatre {
  constructor(root) {
    this.root = root;
    this.stages = all(".map", root).map((svg) => new Stage(svg));
    this.stages.forEach((stage) => (stage.members = members(stage)));
    this.main = all(".map", root)[0]?.dataset.film;
    this.transport = root.querySelector(".transport");
    this.slider = root.querySelector("input[type=range]");
    this.output = root.querySelector("output");
    this.moment = root.querySelector(".moment");
    this.play = root.querySelector("[data-go=play]");
    this.which = "all";
    this.times = [];
    this.timer = 0;
    root.querySelector(".controls").hidden = false;
    for (const button of all("[data-show]", root)) button.addEventListener("click", () => this.choose(button.dataset.show));
    for (const button of all("[data-go]", root)) button.addEventListener("click", () => this.go(button.dataset.go));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.draw();
    });
  }

  choose(which) {
    this.pause();
    this.which = which;
    for (const button of all("[data-show]", this.root)) button.setAttribute("aria-pressed", String(button.dataset.show === which));
    const film = which !== "all";
    this.transport.hidden = this.moment.hidden = !film;
    if (!film) {
      this.stages.forEach((stage) => stage.all());
      return this.cursor(null);
    }
    this.times = this.stops(which);
    this.slider.max = String(this.times.length - 1);
    this.slider.value = "0";
    this.draw();
  }

  // Every instant at which something on any of the maps changes.
  stops(which) {
    const times = new Set([0]);
    for (const film of this.stages.map((stage) => stage.film(which)).filter(Boolean)) {
      film.spans.forEach((span) => times.add(span.from_min).add(span.to_min));
      film.moments.forEach((moment) => times.add(moment.time_ms / 60000));
    }
    const sorted = [...times].sort((a, b) => a - b).filter((time, i, list) => i === 0 || time - list[i - 1] > 1e-6);
    const thin = Math.ceil(sorted.length / MOMENTS);
    return sorted.filter((_, i) => i % thin === 0 || i === sorted.length - 1);
  }

  draw() {
    const at = Number(this.slider.value), time = this.times[at];
    this.stages.forEach((stage) => stage.at(this.which, time));
    this.output.textContent = `${duration(time)}`;
    const said = this.said(at);
    this.moment.textContent = said;
    this.slider.setAttribute("aria-valuetext", `${duration(time)} after the start of the plan: ${said}`);
    this.cursor(time);
  }

  // What happened since the stop before: of one map in a few lines, of several in a line for each, with its name.
  said(at) {
    const after = at === 0 ? -1 : this.times[at - 1] + 1e-6, until = this.times[at] + 1e-6;
    if (this.stages.length === 1) return this.stages[0].said(this.which, after, until, 4).join("\n");
    return this.stages.map((stage) => `${stage.name}: ${stage.said(this.which, after, until, 2).join("; ")}`).join("\n");
  }

  cursor(time) {
    for (const details of all("[data-gantt]").filter((d) => d.dataset.gantt === this.main)) {
      const table = details.querySelector(".gantt");
      const greatest = Number(table.dataset.greatest), unit = Number(table.dataset.unit);
      const shown = time !== null && details.dataset.which === this.which;
      const clipped = Math.min(Math.max(time ?? 0, 0), greatest);
      const share = unit > 0 ? Math.log(1 + clipped / unit) / Math.log(1 + greatest / unit) : clipped / greatest;
      for (const line of all(".cursor", table)) {
        line.setAttribute("visibility", shown ? "visible" : "hidden");
        line.setAttribute("x1", `${share * 100}%`);
        line.setAttribute("x2", `${share * 100}%`);
      }
    }
  }

  go(where) {
    if (where === "play") return this.timer ? this.pause() : this.start();
    this.pause();
    this.move(where === "back" ? -1 : 1);
  }

  move(by) {
    const to = Math.min(Math.max(Number(this.slider.value) + by, 0), this.times.length - 1);
    this.slider.value = String(to);
    this.draw();
    return to < this.times.length - 1;
  }

  start() {
    if (Number(this.slider.value) >= this.times.length - 1) this.slider.value = "0";
    this.draw();
    this.play.textContent = "Pause";
    this.timer = setInterval(() => this.move(1) || this.pause(), PACE_MS);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = "Play";
  }
}
