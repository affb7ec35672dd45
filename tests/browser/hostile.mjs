// Names that try to be markup, script or policy stay text: in the page, in what scripts write, and in tooltips.

import assert from "node:assert/strict";
import { visit } from "./browser.mjs";

export function hostile(page) {
  const file = page("hostile");
  return [["hostile names stay text", file, (browser) => visit(browser, file, {}, text)]];
}

async function text(page) {
  const stage = page.locator(".theatre").first();
  for (const which of ["typical", "bad", "all"]) {
    await stage.locator(`[data-show=${which}]`).click();
    if (which === "all") continue;
    const last = Number(await stage.locator("input[type=range]").getAttribute("max"));
    for (let at = 0; at <= last; at += 1) {
      await stage.locator("input[type=range]").fill(String(at));
      const said = await stage.locator(".moment").textContent();
      assert.doesNotMatch(said, /[\u202e\u001b]/u, "what reorders text is shown as an escape");
    }
  }
  for (const node of await page.locator(".theatre .node").all()) await node.hover({ force: true });
  const found = await page.evaluate(() => ({
    ran: window.pwned,
    scripts: document.scripts.length,
    strangers: document.querySelectorAll("img, iframe, object, embed, b > b, i, marquee, [onerror], [onload], [onmouseover], [style]").length,
    title: document.title,
    text: document.body.textContent,
  }));
  assert.equal(found.ran, undefined);
  assert.equal(found.scripts, 2);
  assert.equal(found.strangers, 0);
  assert.match(found.title, /<img src=x onerror=window.pwned=1>/);
  assert.match(found.text, /<script>window\.pwned=2<\/script>/);
}
