// Every free text the API tells stands for what a guest, a hotel or somebody at Zoho typed: here each is one that wants to
// run in the reader's browser. It must be shown as the text it is.

import { patience } from "./hands.mjs";

const texts = ['<img src=x onerror="window.__ran=1">', '"><script>window.__ran=1</script>', "javascript:window.__ran=1"];

/** what of the answers is free text: neither an id, a code, an amount nor a day */
const free = new Set(
  ("action after applied because before browser by came closed_by company contact country created_by customer detail elsewhere email error event explanation first from guest hotel label last_error message " +
    "name namesake now number organization_name outcome payment_mode phone plan_name query reason reference request response sentence source_name started_by text title was what zoho_contact_name zoho_name zoho_number").split(" "),
);

/** addresses of other applications */
const addresses = new Set(["qloapps_url", "url", "zoho_url"]);

/** the answer with such a text in the place of every free one, and of every address */
function poisoned(value, key, count) {
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key, count));
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name, count)]));
  if (typeof value !== "string" || value === "") return value;
  if (addresses.has(key)) return texts[2];
  return free.has(key) ? texts[count.n++ % texts.length] : value;
}

const places = ["/", "/tokens", "/synchronization/orders?record=1", "/synchronization/customers", "/synchronization/hotels", "/mapping/items", "/runs", "/runs/{run}", "/pairing", "/logs/audit", "/logs"];

/** says only words of its own while nothing waits and nothing is amiss */
const quiet = "/";

export async function hostile({ context, url, token, check, signIn, painted }) {
  const page = await context.newPage();
  await signIn(page, url, token);
  const run = await page.request.get(`${url}/api/v1/runs?limit=1`, { headers: { Authorization: `Bearer ${token}` } }).then((answer) => answer.json());
  const count = { n: 0 };
  await page.route(/\/api\/v1\/(?!events|session)/, async (route) => {
    try {
      const response = await route.fetch({ timeout: 0 });
      if (!response.headers()["content-type"]?.includes("json")) return await route.fulfill({ response });
      await route.fulfill({ response, json: poisoned(await response.json(), "", count) });
    } catch {
      await route.abort().catch(() => undefined); // the page has gone
    }
  });
  for (const place of places) {
    await page.goto(url + place.replace("{run}", run.items[0].id));
    await page.locator("main h1").waitFor(patience);
    if (place !== quiet) await page.locator("main").getByText("window.__ran").first().waitFor(patience).catch(() => undefined);
    await page.waitForFunction(() => !document.querySelector("[role=status][aria-label=Loading]"), null, patience);
    await painted(page);
    const found = await page.evaluate(() => ({
      shown: document.querySelector("main").innerText.includes("window.__ran"),
      ran: "__ran" in globalThis,
      made: [...document.querySelectorAll("img[src=x], script:not([src])")].filter((one) => one.matches("img") || one.textContent.includes("__ran")).length,
      links: [...document.querySelectorAll("[href], [action], [formaction], iframe[src]")].filter((one) => ["href", "action", "formaction", "src"].some((name) => /^\s*javascript:/i.test(one.getAttribute(name) ?? ""))).length,
    }));
    check(`a text that wants to run is shown as it is written on ${place}`, (found.shown || place === quiet) && !found.ran && found.made === 0 && found.links === 0, JSON.stringify(found));
  }
  await page.close();
}
