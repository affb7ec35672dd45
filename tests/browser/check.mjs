// Reads the pages in a folder back from a real browser: `node check.mjs FOLDER`. Screenshots stay beside the pages.
// What is compared with what is drawn comes from the data of the page and is worked out here once more.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { looks } from "./looks.mjs";
import { charts } from "./charts.mjs";
import { replay } from "./replay.mjs";
import { hostile } from "./hostile.mjs";

const folder = process.argv[2];
const page = (name) => join(folder, `${name}.html`);
const checks = [
  ...looks(page, folder),
  ...charts(page),
  ...replay(page),
  ...hostile(page),
].filter(([, file]) => existsSync(file));

const browser = await launch();
let failed = 0;
for (const [name, , check] of checks) {
  const begin = Date.now();
  try {
    await check(browser);
    console.log(`ok    ${name} (${Date.now() - begin} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n${error.stack ?? error}`);
  }
}
await browser.close();
console.log(`${checks.length - failed} of ${checks.length} checks passed`);
process.exit(failed > 0 || checks.length === 0 ? 1 : 0);
