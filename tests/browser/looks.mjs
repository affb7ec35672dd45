// How pages look: no complaint and nothing cut off at any width in either theme, contrast, paper, and without scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { THEMES, WIDTHS, visit } from "./browser.mjs";

const PAGES = ["index", "run", "compare", "hostile", "never", "large", "score", "advise", "tune"];

export function looks(page, folder) {
  const checks = [];
  for (const name of PAGES) {
    const file = page(name);
    for (const width of WIDTHS) {
      for (const colorScheme of THEMES) {
        checks.push([`${name} at ${width} px, ${colorScheme}`, file, (browser) => fits(browser, file, width, colorScheme, folder)]);
      }
    }
    for (const colorScheme of THEMES) checks.push([`${name}: contrast, ${colorScheme}`, file, (browser) => contrast(browser, file, colorScheme)]);
    checks.push([`${name}: is small`, file, () => small(file)]);
    checks.push([`${name}: reads without scripts`, file, (browser) => plain(browser, file)]);
    checks.push([`${name}: order for a reader who does not see it`, file, (browser) => outline(browser, file)]);
  }
  const run = page("run");
  checks.push(["the theme can be chosen", run, (browser) => theme(browser, run)]);
  const large = page("large");
  checks.push(["the controls stay in view", large, (browser) => visit(browser, large, {}, sticky)]);
  checks.push(["edges stay on the map", large, (browser) => visit(browser, large, {}, inside)]);
  checks.push(["on paper", run, (browser) => paper(browser, run)]);
  return checks;
}

async function fits(browser, file, width, colorScheme, folder) {
  await visit(browser, file, { viewport: { width, height: 900 }, colorScheme }, async (page) => {
    await page.screenshot({ path: join(folder, `${basename(file, ".html")}-${width}-${colorScheme}.png`), fullPage: true });
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    const widest = () => {
      const out = Array.from(document.querySelectorAll("main *")).filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, svg"));
      return out.map((e) => e.outerHTML.slice(0, 120)).slice(-3).join("\n");
    };
    assert.ok(wide <= width, `the page is ${wide} px wide: ${await page.evaluate(widest)}`);
  });
}

// WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for what a chart is read by. With everything open that can be opened.
async function contrast(browser, file, colorScheme) {
  await visit(browser, file, { colorScheme }, async (page) => {
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    const group = page.locator(".node.group").first();
    if (await group.count()) await group.click();
    const poor = await page.evaluate(() => {
      const parse = (text) => text.match(/[\d.]+/g).map(Number);
      const luminance = ([r, g, b]) => {
        const part = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
      };
      const ratio = (a, b) => {
        const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (high + 0.05) / (low + 0.05);
      };
      const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const colour = parse(getComputedStyle(at).backgroundColor);
          if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
      };
      const found = new Set();
      for (const element of document.querySelectorAll("body *")) {
        const own = Array.from(element.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim() !== "");
        if (!own || element.closest("script, style, .sr, title") || !element.checkVisibility()) continue;
        const style = getComputedStyle(element), svg = element.namespaceURI.endsWith("svg");
        // Letters and words on a strip stand on the colour of their state; other texts of a picture on a panel or the page.
        const strip = element.matches(".letter, svg.bar text") && element.parentElement.querySelector(".strip");
        const boxed = element.closest(".node") && element.parentElement.querySelector(".box");
        const lane = element.matches(".lane-name") && document.querySelector(".lane");
        const under = strip || boxed || lane;
        const text = parse(svg ? style.fill : style.color);
        const back = under ? parse(getComputedStyle(under).fill) : ground(element);
        const r = ratio(text, back);
        if (r < 4.5) found.add(`${r.toFixed(2)}: ${element.tagName}.${element.getAttribute("class") ?? ""} "${element.textContent.slice(0, 30)}"`);
      }
      for (const mark of document.querySelectorAll(".part:not(.sum), .near, .swing, .median, :not(.beyond) > .strip:not(.s-normal), .whisker.less, .whisker.more, .dot, .edge, .tip, .far, .point .whisker")) {
        const style = getComputedStyle(mark), lane = mark.closest(".map") && document.querySelector(".lane");
        const back = lane ? parse(getComputedStyle(lane).fill) : ground(mark);
        const through = (colour, opacity) => colour.map((v, i) => (i < 3 ? v * opacity + back[i] * (1 - opacity) : v));
        const drawn = [[style.fill, style.fillOpacity], [style.stroke, style.strokeOpacity]].filter(([colour]) => colour.startsWith("rgb"));
        const colours = drawn.map(([colour, opacity]) => through(parse(colour), Number(opacity)));
        const r = Math.max(...colours.map((colour) => ratio(colour, back)));
        if (r < 3) found.add(`${r.toFixed(2)}: ${mark.tagName}.${mark.getAttribute("class")}`);
      }
      return [...found];
    });
    assert.deepEqual(poor, []);
  });
}

// However long the map, what moves it is at hand.
async function sticky(page) {
  const controls = page.locator(".theatre .controls").first();
  await page.locator(".theatre .node").last().scrollIntoViewIfNeeded();
  const box = await controls.boundingBox();
  assert.ok(box.y >= -1 && box.y < 900, `the controls are at ${box.y}`);
}

async function inside(page) {
  const out = await page.evaluate(() => {
    const map = document.querySelector(".map"), { width, height } = map.viewBox.baseVal;
    const boxes = Array.from(map.querySelectorAll(".edge"), (edge) => edge.getBBox());
    return boxes.filter((b) => b.x < 0 || b.y < 0 || b.x + b.width > width || b.y + b.height > height).length;
  });
  assert.equal(out, 0, "edges outside the picture");
}

// Without its data a page is small, however large the world.
async function small(file) {
  const text = readFileSync(file, "utf8");
  const begin = text.indexOf('id="data">'), end = text.indexOf("</script>", begin);
  assert.ok(begin > 0 && text.length - (end - begin) < 400_000, `${text.length - (end - begin)} bytes without data`);
}

async function plain(browser, file) {
  await visit(browser, file, { javaScriptEnabled: false }, async (page) => {
    assert.ok((await page.locator("h1").first().innerText()).length > 0);
    assert.equal(await page.locator("button:visible").count(), 0, "buttons that do nothing are hidden");
    assert.ok((await page.locator("main").innerText()).length > 200);
  });
}

async function outline(browser, file) {
  await visit(browser, file, {}, async (page) => {
    const problems = await page.evaluate(() => {
      const said = [];
      const levels = Array.from(document.querySelectorAll("h1, h2, h3"), (h) => Number(h.tagName[1]));
      levels.forEach((level, i) => i > 0 && level > levels[i - 1] + 1 && said.push(`a heading jumps from ${levels[i - 1]} to ${level}`));
      const ids = Array.from(document.querySelectorAll("[id]"), (e) => e.id);
      ids.forEach((id, i) => ids.indexOf(id) !== i && said.push(`two elements are called ${id}`));
      for (const svg of document.querySelectorAll("svg")) {
        if (!svg.closest("[aria-hidden=true], [aria-label]")) said.push(`a picture has no name: ${svg.outerHTML.slice(0, 80)}`);
      }
      for (const control of document.querySelectorAll("button, input")) {
        if (!control.textContent.trim() && !control.getAttribute("aria-label")) said.push("a control has no name");
      }
      for (const table of document.querySelectorAll("table")) if (!table.querySelector("th[scope]")) said.push("a table has no heads");
      return said;
    });
    assert.deepEqual(problems, []);
  });
}

async function theme(browser, file) {
  await visit(browser, file, { colorScheme: "light" }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click(".theme");
    assert.equal(await ground(), light);
    await page.click(".theme");
    assert.notEqual(await ground(), light);
    assert.match(await page.innerText(".theme"), /dark/);
    await page.click(".theme");
    assert.equal(await ground(), light);
  });
}

async function paper(browser, file) {
  await visit(browser, file, { colorScheme: "dark" }, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".controls:visible, .theme:visible").count(), 0);
    assert.ok(await page.locator(".figures").first().isVisible());
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("details.folded:not([open])").count(), 0, "nothing stays folded away that belongs to the page");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.ok((await page.locator("details.folded:not([open])").count()) > 0, "and it is as before afterwards");
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, "rgb(255, 255, 255)", "dark pages are printed on white");
  });
}
