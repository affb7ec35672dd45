// A Chromium of the system, without network, sound or profile; pages that report every complaint.

import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const WIDTHS = [390, 820, 1280];
export const THEMES = ["light", "dark"];

export async function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGUMENTS });
}

// Opens a file and calls `work(page)`; anything on the console, any error, dialog or request elsewhere fails it.
export async function visit(browser, file, options, work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => request.url().startsWith("file:") || complaints.push(`request: ${request.url()}`));
  try {
    await page.goto(pathToFileURL(file).href);
    await work(page);
  } finally {
    await context.close();
  }
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
}

// The data of a page, as its scripts see it.
export const dataOf = (page) => page.evaluate(() => JSON.parse(document.getElementById("data").textContent));

// A share of the width, from an attribute such as `37.5%`.
export const share = (text) => Number(text.replace("%", "")) / 100;

// As the pages stretch their axes.
export function scaled(value, greatest, unit) {
  const clipped = Math.min(Math.max(value, 0), greatest);
  return unit > 0 ? Math.log(1 + clipped / unit) / Math.log(1 + greatest / unit) : clipped / greatest;
}
