// Whether charts hold the values of the data: positions are read back from the page and worked out once more.

import assert from "node:assert/strict";
import { dataOf, scaled, share, visit } from "./browser.mjs";

const near = (a, b, what) => assert.ok(Math.abs(a - b) < 0.0006, `${what}: ${a} is drawn, ${b} is meant`);
const attribute = (locator, name) => locator.getAttribute(name);

export function charts(page) {
  const run = page("run"), compare = page("compare"), tune = page("tune");
  return [
    ["histograms and quantile bands", run, (browser) => visit(browser, run, {}, outages)],
    ["waterfalls add up", run, (browser) => visit(browser, run, {}, waterfalls)],
    ["timelines", run, (browser) => visit(browser, run, {}, timelines)],
    ["the tornado", run, (browser) => visit(browser, run, {}, tornado)],
    ["paired differences", run, (browser) => visit(browser, run, {}, differences)],
    ["a comparison", compare, (browser) => visit(browser, compare, {}, differences)],
    ["the frontier", tune, (browser) => visit(browser, tune, {}, frontier)],
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
  const tables = await page.locator(".waterfall").all();
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
  const names = Object.keys(variants);
  const table = page.locator(".forest").first();
  const deltas = names.map((name) => variants[name].delta["customers.outage_min"]).filter(Boolean);
  const most = Math.max(...deltas.flatMap((d) => [Math.abs(d.low), Math.abs(d.high), Math.abs(d.mean)]));
  const at = (value) => (most > 0 ? 0.5 + (0.49 * value) / most : 0.5);
  const rows = await table.locator("tbody tr").all();
  assert.equal(rows.length, deltas.length);
  for (const [i, row] of rows.entries()) {
    near(share(await attribute(row.locator(".dot"), "cx")), at(deltas[i].mean), "the mean");
    near(share(await attribute(row.locator(".whisker"), "x1")), at(Math.min(deltas[i].low, deltas[i].high)), "the interval");
    const word = await row.locator("td").last().innerText();
    if (deltas[i].high < 0) assert.match(word, /less/);
    if (deltas[i].low > 0) assert.match(word, /more/);
  }
}

async function frontier(page) {
  const dots = page.locator(".frontier .point");
  assert.ok((await dots.count()) > 0);
  await dots.first().focus();
  assert.ok((await page.locator(".frontier-says").innerText()).length > 0, "focus tells the setting");
}
