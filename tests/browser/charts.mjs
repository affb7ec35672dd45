// Whether charts hold the values of the data: positions are read back from the page and worked out once more.

import assert from "node:assert/strict";
import { dataOf, scaled, share, visit } from "./browser.mjs";

const near = (a, b, what) => assert.ok(Math.abs(a - b) < 0.0006, `${what}: ${a} is drawn, ${b} is meant`);
const attribute = (locator, name) => locator.getAttribute(name);

export function charts(page) {
  const score = page("score"), run = page("run"), compare = page("compare"), tune = page("tune"), advise = page("advise");
  return [
    ["histograms and quantile bands", run, (browser) => visit(browser, run, {}, outages)],
    ["waterfalls add up", run, (browser) => visit(browser, run, {}, waterfalls)],
    ["timelines", run, (browser) => visit(browser, run, {}, timelines)],
    ["the tornado", run, (browser) => visit(browser, run, {}, tornado)],
    ["paired differences", run, (browser) => visit(browser, run, {}, differences)],
    ["a comparison", compare, (browser) => visit(browser, compare, {}, differences)],
    ["a verdict", score, (browser) => visit(browser, score, {}, verdict)],
    ["the frontier", tune, (browser) => visit(browser, tune, {}, frontier)],
    ["what each parameter does", tune, (browser) => visit(browser, tune, {}, effects)],
    ["a ring", page("ring"), (browser) => visit(browser, page("ring"), {}, ring)],
    ["safer plans", advise, (browser) => visit(browser, advise, {}, advice)],
  ];
}

async function outages(page) {
  const { customers } = (await dataOf(page)).reports[0];
  const table = page.locator(".outages table.chart");
  const greatest = Number(await attribute(table, "data-greatest")), unit = Number(await attribute(table, "data-unit"));
  const row = table.locator("tbody tr").first();
  const counts = await row.locator(".column").evaluateAll((columns) => columns.map((c) => Number(c.dataset.count)));
  assert.deepEqual(counts, customers.histogram.counts.filter((n) => n > 0));
  const heights = await row.locator(".column").evaluateAll((columns) => columns.map((c) => Number(c.getAttribute("height"))));
  const most = Math.max(...counts);
  heights.forEach((height, i) => assert.ok(Math.abs(height - Math.max(1, (26 * counts[i]) / most)) < 0.01, "the height of a column"));
  const { p50, p90, p99, p50_low, p50_high } = customers.outage_min;
  const at = (minutes) => scaled(minutes, greatest, unit);
  near(share(await attribute(row.locator(".median"), "x1")), at(p50), "p50");
  near(share(await attribute(row.locator(".interval"), "x1")), at(p50_low), "the lower end of p50");
  near(share(await attribute(row.locator(".interval"), "x2")), at(p50_high), "the upper end of p50");
  near(share(await attribute(row.locator(".near"), "width")), at(p90) - at(p50), "p50 to p90");
  near(share(await attribute(row.locator(".far"), "width")), at(p99) - at(p90), "p90 to p99");
}

async function waterfalls(page) {
  const { why } = (await dataOf(page)).reports[0];
  const tables = await page.locator(".waterfall:not(.needs)").all();
  assert.equal(tables.length, 2);
  for (const [i, parts] of [why.steps, why.stages].entries()) {
    let sum = 0;
    const rects = await tables[i].locator(".part:not(.sum)").all();
    for (const [n, rect] of rects.entries()) {
      near(share(await attribute(rect, "x")), sum, "where a part begins");
      if (n < rects.length - 1 || rects.length === parts.length) near(share(await attribute(rect, "width")), Math.max(parts[n].share, 0.002), "a part");
      sum += n < parts.length ? parts[n].share : 0;
    }
    const minutes = parts.reduce((total, part) => total + part.minutes, 0);
    assert.ok(Math.abs(minutes - why.total_min) < 1e-6 * why.total_min, "the parts add up to the total");
  }
}

async function timelines(page) {
  const { films } = (await dataOf(page)).pictures["0"];
  for (const film of films) {
    const table = page.locator(`[data-gantt="0"][data-which=${film.which}] .gantt`);
    const greatest = Number(await attribute(table, "data-greatest")), unit = Number(await attribute(table, "data-unit"));
    assert.equal(greatest, film.ends_min);
    const subjects = [...new Set(film.work.map((work) => work.subject))];
    for (const subject of subjects) {
      const parts = film.work.filter((work) => work.subject === subject);
      // The first row of that name: cells have rows of their own further down.
      const row = table.locator("tbody tr").filter({ has: page.getByRole("rowheader", { name: subject, exact: true }) }).first();
      const bars = await row.locator("svg.bar").evaluateAll((found) => found.map((bar) => [bar.getAttribute("x"), bar.getAttribute("width")]));
      assert.equal(bars.length, parts.length, `bars of ${subject}`);
      parts.forEach((part, i) => {
        near(share(bars[i][0]), scaled(part.from_min, greatest, unit), `${subject} begins ${part.what}`);
        near(share(bars[i][1]), Math.max(scaled(part.to_min, greatest, unit) - scaled(part.from_min, greatest, unit), 0.004), `${subject} does ${part.what}`);
      });
    }
  }
}

async function tornado(page) {
  const report = (await dataOf(page)).reports[0];
  const examined = report.defaults.filter((d) => d.low_min !== undefined && d.high_min !== undefined);
  const greatest = Math.max(report.customers.outage_min.mean, ...examined.flatMap((d) => [d.low_min, d.high_min]));
  const rows = await page.locator(".tornado tbody tr").all();
  assert.ok(rows.length > 0 && rows.length <= examined.length);
  for (const [i, row] of rows.entries()) {
    const [low, high] = [examined[i].low_min, examined[i].high_min].sort((a, b) => a - b);
    assert.equal(await row.locator("th").innerText(), examined[i].name);
    near(share(await attribute(row.locator(".swing"), "x")), low / greatest, "the lower end");
    near(share(await attribute(row.locator(".swing"), "width")), Math.max((high - low) / greatest, 0.003), "the swing");
  }
}

async function differences(page) {
  const { variants } = (await dataOf(page)).reports[0];
  const same = (d) => d.less <= 0 && d.more <= 0;
  const deltas = (path) => Object.entries(variants).map(([name, v]) => [name, v.delta[path]]).filter(([, d]) => d);
  await page.evaluate(() => document.querySelectorAll("details.folded").forEach((details) => (details.open = true)));
  const tables = await page.locator(".forest[data-path]").all();
  assert.ok(tables.length > 0);
  // The best for the main output first, in all charts.
  const main = await attribute(tables[0], "data-path");
  const order = deltas(main).sort((a, b) => a[1].mean - b[1].mean).map(([name]) => name);
  for (const table of tables) {
    const path = await attribute(table, "data-path");
    const found = deltas(path).sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
    const most = Math.max(...found.flatMap(([, d]) => [Math.abs(d.low), Math.abs(d.high), Math.abs(d.mean)]));
    const at = (value) => (most > 0 ? 0.5 + (0.49 * value) / most : 0.5);
    const rows = await table.locator("tbody tr").all();
    const differ = found.filter(([, d]) => !same(d));
    assert.equal(rows.length, differ.length, path);
    for (const [i, row] of rows.entries()) {
      const [name, d] = differ[i];
      assert.equal(await row.locator("th").innerText(), name);
      near(share(await attribute(row.locator(".dot"), "cx")), at(d.mean), "the mean");
      near(share(await attribute(row.locator(".whisker"), "x1")), at(Math.min(d.low, d.high)), "the lower end");
      near(share(await attribute(row.locator(".whisker"), "x2")), at(Math.max(d.low, d.high)), "the upper end");
      const word = await row.locator(".word").innerText();
      assert.equal(word, Math.max(d.low, d.high) < 0 ? "less" : Math.min(d.low, d.high) > 0 ? "more" : "unclear");
    }
    const equal = found.filter(([, d]) => same(d)).map(([name]) => name);
    if (equal.length > 0) assert.match(await table.locator("xpath=following-sibling::p[1]").innerText(), new RegExp(`: ${equal.join(", ")}\\.$`));
  }
}

async function verdict(page) {
  const { verdict } = (await dataOf(page)).reports[0];
  assert.equal((await page.locator(".verdict b").innerText()).toLowerCase(), verdict.decision);
  const rows = await page.locator(".limits tbody tr").all();
  assert.equal(rows.length, verdict.limits.length);
  for (const [i, row] of rows.entries()) {
    const shares = Object.values(verdict.limits[i].shares ?? {});
    const bars = await row.locator(".part").all();
    assert.equal(bars.length, shares.length);
    for (const [n, bar] of bars.entries()) near(share(await attribute(bar, "width")), shares[n].share, "the share beyond a limit");
    assert.equal(await row.locator(".plot small").count(), shares.length, "and its figure as text");
    for (const [n, line] of (await row.locator(".median").all()).entries()) near(share(await attribute(line, "x1")), shares[n].allowed, "the share that is allowed");
  }
}

async function frontier(page) {
  const found = await dataOf(page);
  const [x, y] = found.objectives;
  const plot = page.locator(".scatter");
  const axis = async (name) => (await attribute(plot, name)).split(" ").map(Number);
  const [across, up] = [await axis("data-across"), await axis("data-up")];
  const height = (value) => 400 - scaled(value, ...up) * 390;
  const points = await page.locator(".frontier .point").all();
  assert.equal(points.length, found.settings.length);
  const marks = new Map();
  for (const point of points) {
    const n = Number(await attribute(point, "data-setting"));
    const { objectives, on_frontier: best } = found.settings[n];
    const [fx, fy] = [objectives[x.path], objectives[y.path]];
    near(share(await attribute(point.locator(".dot"), "cx")), scaled(fx.value, ...across), `setting ${n} across`);
    assert.ok(Math.abs(Number(await attribute(point.locator(".dot"), "cy")) - height(fy.value)) < 0.01, `setting ${n} up`);
    const [wide, tall] = await point.locator(".whisker").all();
    near(share(await attribute(wide, "x1")), scaled(fx.low, ...across), "the lower end across");
    near(share(await attribute(wide, "x2")), scaled(fx.high, ...across), "the upper end across");
    assert.ok(Math.abs(Number(await attribute(tall, "y2")) - height(fy.high)) < 0.01, "the upper end");
    assert.equal((await attribute(point, "class")).includes("best"), best);
    for (const text of await point.locator("text.marked").allTextContents()) text.split(", ").forEach((mark) => marks.set(mark, n));
  }
  assert.equal(marks.get("recommended"), found.recommendation?.setting);
  assert.equal(marks.get("knee"), found.knee);
  assert.equal(marks.get("today"), found.current?.setting);
  const says = page.locator(".frontier-says");
  const before = await says.innerText();
  assert.ok(before.length > 0, "a setting is told before anybody asks");
  const first = page.locator('.frontier .point[tabindex="0"]');
  await first.focus();
  assert.equal(await says.innerText(), await attribute(page.locator(".point.lit"), "aria-label"), "focus tells the setting");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator('.frontier .point[tabindex="0"]').count(), 1, "one stop for Tab");
  assert.equal(await says.innerText(), await attribute(page.locator(".point.lit"), "aria-label"));
}

async function effects(page) {
  const { sensitivity, objectives } = await dataOf(page);
  const tables = await page.locator(".effect").all();
  const explained = objectives.map((o) => sensitivity.filter((e) => e.objective === o.path && e.means)).filter((e) => e.length > 0);
  assert.equal(tables.length, explained.length);
  for (const [i, table] of tables.entries()) {
    const means = explained[i].flatMap((e) => e.means.map((m) => m.mean));
    const widths = await table.locator(".part").evaluateAll((parts) => parts.map((part) => part.getAttribute("width")));
    assert.equal(widths.length, means.length);
    const most = Math.max(...means);
    widths.forEach((width, n) => near(share(width), Math.max(most > 0 ? means[n] / most : 0, 0.002), "a mean"));
  }
}

// What is damaged stands left of all that it damages; both edges of the ring can be seen, with arrows.
async function ring(page) {
  const { map } = (await dataOf(page)).pictures["0"];
  const left = new Map(await page.locator(".map .node").evaluateAll((nodes) => nodes.map((n) => [Number(n.dataset.cells), Number(n.getAttribute("transform").match(/[\d.]+/)[0])])));
  const at = (service) => left.get(map.cells.findIndex((cell) => cell.service === service));
  assert.ok(at("db") < at("auth") && at("auth") < at("web"), "db, auth, web");
  const edges = await page.locator(".map .edge").evaluateAll((paths) => paths.map((p) => [p.getAttribute("d"), getComputedStyle(p).markerEnd, p.dataset.from, p.dataset.to]));
  assert.equal(edges.length, 3);
  edges.forEach(([, marker]) => assert.match(marker, /#arrow/));
  const paired = edges.filter(([, , from, to]) => edges.some(([, , f, t]) => f === to && t === from));
  const [there, back] = paired.map(([d]) => d.split(/[A-Z ]/).filter((_, i) => i > 0 && i % 2 === 0).map(Number));
  assert.ok(there.every((y) => back.every((other) => Math.abs(y - other) >= 9)), `both edges of the ring on one curve: ${there} and ${back}`);
}

async function advice(page) {
  const { proposed, plans } = await dataOf(page);
  const figures = [proposed, ...plans.map((plan) => plan.figures)];
  const most = Math.max(...figures.map((f) => f.outage_p95_min));
  const rows = await page.locator(".advice tbody tr").all();
  assert.equal(rows.length, figures.length);
  for (const [i, row] of rows.entries()) {
    near(share(await attribute(row.locator(".part"), "width")), Math.max(figures[i].outage_min / most, 0.002), "the mean outage");
    near(share(await attribute(row.locator(".interval"), "x2")), figures[i].outage_p95_min / most, "the 95th percentile");
  }
}
