// Draws the documentation's pictures, and writes down the menu that they show: make verify holds it to
// the menu that there is.

import { writeFileSync } from "node:fs";
import { patience } from "./hands.mjs";

const folder = new URL("../../docs/img/", import.meta.url).pathname;
const drawn = [
  ["connection", "/configuration", "light", 1440],
  ["mapping-taxes", "/mapping/taxes", "light", 1440],
  ["orders", "/synchronization/orders", "light", 1440],
  ["order", "/synchronization/orders?record=1", "light", 1440],
  ["orders", "/synchronization/orders", "dark", 375],
];

export async function pictures(browser, { url, token, check, signIn, painted }) {
  for (const [name, path, colorScheme, width] of drawn) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    await signIn(page, url, token);
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor(patience);
    await page.waitForFunction(() => !document.querySelector("[role=status][aria-label=Loading]") && document.fonts.status === "loaded", null, patience);
    await painted(page);
    const file = `${name}-${colorScheme}-${width}.png`;
    await page.screenshot({ path: folder + file });
    check(`${file} is drawn`, true);
    if (width === 1440) {
      // the words of each place, without the number beside them
      const menu = await page.locator("nav").first().locator("ul > li > a").evaluateAll((links) => links.map((link) => [...link.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim()));
      writeFileSync(`${folder}menu.txt`, `${menu.filter(Boolean).join("\n")}\n`);
    }
    await context.close();
  }
}
