// The slider: what the map shows at a moment is what the data says of it; play, pause, step and the keyboard work.

import assert from "node:assert/strict";
import { dataOf, scaled, share, visit } from "./browser.mjs";

export function replay(page) {
  const run = page("run"), compare = page("compare"), large = page("large"), never = page("never"), crowd = page("crowd");
  return [
    ["the map shows each moment as it was", run, (browser) => visit(browser, run, {}, moments)],
    ["play, pause and step", run, (browser) => visit(browser, run, {}, transport)],
    ["the keyboard", run, (browser) => visit(browser, run, {}, keyboard)],
    ["maps side by side move together", compare, (browser) => visit(browser, compare, {}, together)],
    ["what never comes back stays", never, (browser) => visit(browser, never, {}, never_back)],
    ["of two maps each is told with its name", never, (browser) => visit(browser, never, {}, named)],
    ["a group says what its badge says", crowd, (browser) => visit(browser, crowd, {}, groups)],
    ["five thousand cells", large, (browser) => visit(browser, large, {}, many)],
    ["a group opens", large, (browser) => visit(browser, large, {}, opens)],
  ];
}

const theatre = (page) => page.locator(".theatre").first();
const STATES = ["down", "failing", "degraded", "starved", "lagging", "exposed", "normal"];

// Times at which anything changes, as the page should stop at them.
function stops(...films) {
  const times = new Set([0]);
  for (const film of films) {
    film.spans.forEach((span) => times.add(span.from_min).add(span.to_min));
    film.moments.forEach((moment) => times.add(moment.time_ms / 60000));
  }
  return [...times].sort((a, b) => a - b).filter((t, i, list) => i === 0 || t - list[i - 1] > 1e-6);
}

// What never ended is still there when the film ends.
const shows = (span, time) => span.from_min <= time && (time < span.to_min || span.open === true);

function statesAt(map, film, time) {
  const states = new Array(map.cells.length).fill("normal");
  film.spans.filter((s) => shows(s, time)).forEach((s) => (states[s.cell] = s.state));
  return states;
}

async function moments(page) {
  const { map, films } = (await dataOf(page)).pictures["0"];
  const stage = theatre(page);
  const before = await stage.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.outerHTML));
  for (const film of films) {
    await stage.locator(`[data-show=${film.which}]`).click();
    const slider = stage.locator("input[type=range]");
    const times = stops(film);
    assert.equal(Number(await slider.getAttribute("max")), times.length - 1);
    for (const [at, time] of times.entries()) {
      await slider.fill(String(at));
      const meant = map.cells.map((_, cell) => film.spans.find((s) => s.cell === cell && shows(s, time))?.state ?? "normal");
      const shown = await stage.locator(".node").evaluateAll((nodes) => nodes.map((node) => [Number(node.dataset.cells), [...node.classList].filter((c) => c.startsWith("s-")), node.querySelector(".state").textContent]));
      for (const [cell, classes, words] of shown) {
        assert.deepEqual(classes, [`s-${meant[cell]}`], `${map.cells[cell].name} at ${time} min`);
        assert.equal(words, meant[cell]);
      }
      const table = page.locator(`[data-gantt="0"][data-which=${film.which}] .gantt`);
      const cursor = table.locator(".cursor").first();
      const [greatest, unit] = [Number(await table.getAttribute("data-greatest")), Number(await table.getAttribute("data-unit"))];
      assert.equal(await cursor.getAttribute("visibility"), "visible");
      assert.ok(Math.abs(share(await cursor.getAttribute("x1")) - scaled(time, greatest, unit)) < 1e-6, "the cursor of the timeline");
    }
  }
  await stage.locator("[data-show=all]").click();
  const after = await stage.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.outerHTML));
  assert.deepEqual(after, before, "all trials come back as they were");
}

async function transport(page) {
  const stage = theatre(page);
  assert.ok(await stage.locator(".transport").isHidden());
  await stage.locator("[data-show=bad]").click();
  const value = async () => Number(await stage.locator("input[type=range]").inputValue());
  const last = Number(await stage.locator("input[type=range]").getAttribute("max"));
  await stage.locator("[data-go=forward]").click();
  assert.equal(await value(), 1);
  await stage.locator("[data-go=back]").click();
  assert.equal(await value(), 0);
  await stage.locator("[data-go=play]").click();
  assert.equal(await stage.locator("[data-go=play]").innerText(), "Pause");
  await page.waitForFunction(() => Number(document.querySelector(".theatre input[type=range]").value) >= 1);
  await stage.locator("[data-go=play]").click();
  const paused = await value();
  assert.equal(await stage.locator("[data-go=play]").innerText(), "Play");
  await page.waitForTimeout(900);
  assert.equal(await value(), paused, "paused means paused");
  await stage.locator("input[type=range]").fill(String(last - 1));
  await stage.locator("[data-go=play]").click();
  await page.waitForFunction((end) => Number(document.querySelector(".theatre input[type=range]").value) === end, last);
  await page.waitForFunction(() => document.querySelector(".theatre [data-go=play]").textContent === "Play");
  assert.ok((await stage.locator(".moment").innerText()).length > 0);
}

async function keyboard(page) {
  const stage = theatre(page);
  await stage.locator("[data-show=typical]").focus();
  await page.keyboard.press("Enter");
  const slider = stage.locator("input[type=range]");
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await slider.inputValue(), "1");
  assert.match(await slider.getAttribute("aria-valuetext"), /after the start of the plan/);
  const nodes = stage.locator(".node");
  await nodes.first().focus();
  assert.ok((await stage.locator(".node.lit").count()) >= 1, "focus lights a node and what it is tied to");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.node), "1");
  assert.equal(await stage.locator('.node[tabindex="0"]').count(), 1, "one stop for Tab per map");
}

async function together(page) {
  const data = await dataOf(page);
  await page.locator(".beside summary").first().click();
  const stage = page.locator(".beside .theatre").first();
  const places = await stage.locator(".map").evaluateAll((maps) => maps.map((map) => [...map.querySelectorAll(".node")].map((n) => n.getAttribute("transform"))));
  assert.equal(places.length, 2);
  assert.deepEqual(places[0], places[1], "everything stands at the same place");
  await stage.locator("[data-show=typical]").click();
  const keys = await stage.locator(".map").evaluateAll((maps) => maps.map((map) => map.dataset.film));
  const films = keys.map((key) => data.pictures[key].films.find((film) => film.which === "typical"));
  const times = stops(...films);
  assert.equal(Number(await stage.locator("input[type=range]").getAttribute("max")), times.length - 1);
  const at = Math.floor(times.length / 2);
  await stage.locator("input[type=range]").fill(String(at));
  for (const [i, key] of keys.entries()) {
    const { map } = data.pictures[key];
    const shown = await stage.locator(".map").nth(i).locator(".node:not(.beyond)").evaluateAll((nodes) => nodes.map((n) => [Number(n.dataset.cells), n.querySelector(".state").textContent]));
    for (const [cell, words] of shown) {
      const span = films[i].spans.find((s) => s.cell === cell && shows(s, times[at]));
      assert.equal(words, span?.state ?? "normal", map.cells[cell].name);
    }
  }
}

// A trial in which nothing is mended: the last stop of the slider, the button and the timeline say so.
async function never_back(page) {
  await moments(page);
  const film = (await dataOf(page)).pictures["0"].films.find((f) => f.which === "typical");
  const stage = theatre(page), slider = stage.locator("input[type=range]");
  assert.equal(await stage.locator("[data-show=typical]").innerText(), "a typical trial (>2d)");
  await stage.locator("[data-show=typical]").click();
  await slider.fill(await slider.getAttribute("max"));
  assert.equal(film.spans.filter((span) => span.open).length, 3);
  assert.deepEqual(await stage.locator(".node .state").allTextContents(), ["down", "down", "failing"]);
  assert.equal((await stage.locator(".moment").innerText()).split("\n")[0], "2 down, 1 failing, not back when the trial ends");
  const told = page.locator('[data-gantt="0"][data-which=typical]');
  assert.match(await told.locator("summary").first().innerText(), /out for >2d, followed for 2d/);
  assert.match(await told.getByRole("row", { name: /front@eu/ }).locator(".bars").getAttribute("aria-label"), /on, not back after 2d$/);
}

async function named(page) {
  const stage = page.locator(".beside .theatre").first(), slider = stage.locator("input[type=range]");
  assert.match(await stage.locator("[data-show=typical]").innerText(), /^a typical trial \(base >2d, only-a [^)]+\)$/);
  await stage.locator("[data-show=typical]").click();
  await slider.fill(await slider.getAttribute("max"));
  const [base, other, ...more] = (await stage.locator(".moment").innerText()).split("\n");
  assert.match(base, /^base: 2 down, 1 failing, not back when the trial ends/);
  assert.match(other, /^only-a: all cells normal/);
  assert.deepEqual(more, []);
}

// The state of the badge comes first, and all that are out are counted.
async function groups(page) {
  const { map, films } = (await dataOf(page)).pictures["0"];
  const stage = theatre(page), film = films.find((f) => f.which === "typical");
  await stage.locator("[data-show=typical]").click();
  let both = 0;
  for (const [at, time] of stops(film).slice(0, 40).entries()) {
    await stage.locator("input[type=range]").fill(String(at));
    both += await said(stage, statesAt(map, film, time));
  }
  assert.ok(both > 0, "a group with cells in two states");
}

async function said(stage, states) {
  const shown = await stage.locator(".node.group").evaluateAll((found) => found.map((n) => [n.dataset.cells.split(" ").map(Number), n.querySelector(".letter").textContent, n.querySelector(".state").textContent]));
  let both = 0;
  for (const [cells, letter, words] of shown) {
    const count = (...some) => cells.filter((cell) => some.includes(states[cell])).length;
    const [down, out] = [count("down"), count("down", "failing", "degraded")];
    if (down === 0 || out === down) continue;
    both += 1;
    assert.equal(letter, "D");
    assert.equal(words, `${down} down, ${out} of ${cells.length} out`);
  }
  return both;
}

async function many(page) {
  const { map, films } = (await dataOf(page)).pictures["0"];
  assert.ok(map.cells.length >= 4_000, `${map.cells.length} cells`);
  const stage = theatre(page);
  const nodes = await stage.locator(".node").evaluateAll((found) => found.map((n) => n.dataset.cells.split(" ").map(Number)));
  assert.ok(nodes.length <= 80, `${nodes.length} boxes`);
  assert.ok(await stage.locator(".map").evaluate((map) => map.getBoundingClientRect().width <= map.closest(".scroll").clientWidth), "it fits the page");
  assert.deepEqual(nodes.flat().sort((a, b) => a - b), map.cells.map((_, i) => i), "every cell stands in one box");
  await stage.locator("[data-show=typical]").click();
  const slider = stage.locator("input[type=range]");
  const last = Number(await slider.getAttribute("max"));
  const begin = Date.now();
  await slider.fill(String(Math.floor(last / 3)));
  assert.ok(Date.now() - begin < 1_500, "a moment is drawn at once");
  const time = await stage.locator("output").innerText();
  assert.ok(time.length > 0 && films.length > 0);
  const moment = stops(films.find((film) => film.which === "typical"));
  const thin = Math.ceil(moment.length / 400);
  const now = moment.filter((_, i) => i % thin === 0 || i === moment.length - 1)[Math.floor(last / 3)];
  const states = statesAt(map, films.find((film) => film.which === "typical"), now);
  const bars = await stage.locator(".node.group").evaluateAll((found) => found.map((n) => [n.dataset.cells.split(" ").map(Number), Number(n.querySelector(".shares").dataset.wide), Array.from(n.querySelectorAll(".shares rect"), (r) => Number(r.getAttribute("width")))]));
  assert.ok(bars.length > 10);
  for (const [cells, wide, widths] of bars) {
    widths.forEach((width, i) => assert.ok(Math.abs(width - (wide * cells.filter((c) => states[c] === STATES[i]).length) / cells.length) < 0.01, `${STATES[i]} in a bar`));
  }
  const worst = await stage.locator(".node").evaluateAll((found) => found.map((n) => [...n.classList].find((c) => c.startsWith("s-")).slice(2)));
  assert.ok(worst.every((state) => STATES.includes(state)) && worst.some((state) => state !== "normal"));
}

// The cells of a group, by mouse and by keyboard; they follow the slider.
async function opens(page) {
  const data = await dataOf(page);
  const { map, films } = data.pictures["0"], briefs = data.briefs["0"];
  const stage = theatre(page), panel = stage.locator(".members");
  const group = stage.locator(".node.group").first();
  const cells = (await group.getAttribute("data-cells")).split(" ").map(Number);
  assert.ok(await panel.isHidden());
  await group.click();
  assert.equal(await group.getAttribute("aria-expanded"), "true");
  assert.match(await panel.innerText(), new RegExp(`: ${cells.length} cells`));
  const rows = () => panel.locator("tbody tr").evaluateAll((found) => found.map((row) => Array.from(row.children, (cell) => cell.textContent)));
  const known = new Map(cells.map((cell) => [map.cells[cell].name, cell]));
  const shown = await rows();
  assert.equal(shown.length, Math.min(50, cells.length));
  const shares = shown.map(([name]) => briefs[known.get(name)][2]);
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a), "those that are hit most come first");
  for (const [name, state] of shown) assert.equal(state, briefs[known.get(name)][0]);
  if (cells.length > 50) {
    await panel.getByRole("button", { name: /Show all/ }).click();
    assert.equal((await rows()).length, cells.length);
  }
  await stage.locator("[data-show=typical]").click();
  const film = films.find((f) => f.which === "typical");
  const slider = stage.locator("input[type=range]");
  await slider.fill(String(Math.floor(Number(await slider.getAttribute("max")) / 2)));
  const times = stops(film), thin = Math.ceil(times.length / 400);
  const time = times.filter((_, i) => i % thin === 0 || i === times.length - 1)[Number(await slider.inputValue())];
  const states = statesAt(map, film, time);
  for (const [name, now] of await rows()) assert.equal(now, states[known.get(name)], `${name} now`);
  await panel.focus();
  await page.keyboard.press("Escape");
  assert.ok(await panel.isHidden());
  assert.ok(await group.evaluate((g) => document.activeElement === g), "focus goes back to the group");
  await page.keyboard.press("Enter");
  assert.ok(await panel.isVisible());
  await page.keyboard.press("Escape");
}
