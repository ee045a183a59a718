// The walk of a bookkeeper through the product: configure, look, send, find.
// `there(method, path)` tells whether this API has a path yet; what it lacks is waited for by name.

import { ended, followMessage, part, startRun } from "./hands.mjs";

const short = { timeout: 60_000 };
const seen = (locator) => locator.first().waitFor(short).then(() => true, () => false);

export async function walk({ context, url, token, check, later, there, signIn }) {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: "Use an API token instead" }).click();
  await page.getByLabel("API token", { exact: true }).fill("qlb_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  check("a wrong token is refused in words", await seen(page.getByText("This token is not known")));
  await signIn(page, url, token);
  await orders(page, url, check);
  await acts(page, url, check, later, there);
  await fields(page, url, check);
  await keyboard(page, url, check);
  await runsAndSettings(page, url, check);
  await schedule(page, url, check, later, there);
  await page.close();
}

async function orders(page, url, check) {
  await page.getByRole("link", { name: "Synchronization" }).first().click();
  await page.getByLabel("Search").fill("LARKMIX");
  await page.waitForURL(/q=LARKMIX/, short);
  // the list shows the order among all others beforehand: it is found when they are gone
  const alone = await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll("main tr[data-row], main li[data-index]")];
    return rows.length > 0 && rows.every((one) => one.textContent.includes("LARKMIX"));
  }, null, short).then(() => true, () => false);
  check("an order is found by the beginning of its reference", alone);
  const row = page.getByRole("row").filter({ hasText: "LARKMIXED" });
  check("an order shows its Zoho invoice as a link", (await row.getByRole("link").filter({ hasText: "#LK" }).count()) > 0);
  check("an order shows its phase", await seen(row.getByText(/Order Sync|Invoice Sync|Payment Sync|Synced|Canceled/)));
  await row.getByRole("button", { name: /^Sync LARKMIXED/ }).click();
  check("one row can be synchronized", await seen(page.getByText("LARKMIXED is queued.")));

  await page.goto(`${url}/synchronization/orders?record=3`);
  const drawer = page.getByRole("dialog");
  check("an order's documents show their totals", await seen(drawer.getByText("948.44")));
  check("an order shows the way it goes", await seen(drawer.getByRole("list", { name: "Phase of this order" })));
  check("a document shows its steps", await seen(drawer.getByText("Marked as sent")));
  const link = drawer.getByRole("link", { name: /Open Invoice .* in Zoho Books$/ });
  check("a document links into Zoho Books in a tab of its own", (await link.first().getAttribute("target")) === "_blank");

  await page.goto(`${url}/synchronization/orders?phase=payment_sync`);
  const stale = page.getByRole("row").filter({ hasText: "LARKSTALE" });
  check("a filter in the address selects a phase", (await seen(stale)) && (await page.getByRole("row").filter({ hasText: "LARKVOUCH" }).count()) === 0);
  check("a row says what is good to know, in words", await seen(stale.getByText("Invoice older than the order")));
  await asks(page, url, check);
}

/** the sample hotel holds nothing, so that one row is shown as if it were */
async function asks(page, url, check) {
  const held = { code: "currency_off", title: "Foreign currencies are off", detail: "EUR is not Zoho's base currency.", action: "Switch them on." };
  await page.route("**/api/v1/records/orders?*LARKPLAIN*", async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    await route.fulfill({ response: answer, json: { ...list, items: list.items.map((item) => ({ ...item, status: "held", issue: held })) } });
  });
  await page.goto(`${url}/synchronization/orders?q=LARKPLAIN`);
  await page.getByRole("button", { name: "Sync LARKPLAIN" }).click();
  const ask = page.getByRole("dialog", { name: "LARKPLAIN is held" });
  check("Sync on a held order says what happens first", await seen(ask.getByText(/held again, and nothing is posted/)));
  await ask.getByRole("button", { name: "Cancel" }).click();
  await page.unroute("**/api/v1/records/orders?*LARKPLAIN*");
}

async function acts(page, url, check, later, there) {
  await page.goto(`${url}/synchronization/hotels`);
  await page.getByRole("button", { name: "Synchronize Hotels" }).click();
  const dialog = page.getByRole("dialog", { name: /Send \d+ hotels to Zoho Books/ });
  check("many rows are sent only after their count was shown", await seen(dialog));
  await dialog.getByRole("button", { name: "Send" }).click();
  await followMessage(page, "Show the run");
  check("the message about a run leads to it", await seen(page.getByRole("heading", { level: 1, name: /hotels/i })));

  await page.goto(`${url}/synchronization/customers`);
  check("customers have Load Customers", await seen(page.getByRole("button", { name: "Load Customers" })));
  await page.goto(`${url}/synchronization/currencies`);
  check("currencies have Load Currencies", await seen(page.getByRole("button", { name: "Load Currencies" })));

  await page.goto(`${url}/synchronization/orders`);
  await page.getByRole("button", { name: "Synchronize a part" }).click();
  for (const name of ["Orders", "Invoices", "Payments", "Refunds"]) {
    check(`orders have Synchronize ${name}`, await seen(page.getByRole("menuitem", { name: `Synchronize ${name}` })));
  }
  await page.keyboard.press("Escape");
  if (await later("the effect of a run can be looked at first", there("POST", "/records/orders/preview"))) {
    await part(page, "Invoices");
    const send = page.getByRole("dialog", { name: /Send \d+ orders/ });
    await send.getByRole("button", { name: "Preview the effect" }).click();
    check("the effect of a run can be looked at first", await send.getByText("Calls to Zoho Books").waitFor({ timeout: 60_000 }).then(() => true, () => false));
    await page.keyboard.press("Escape");
  }
}

async function fields(page, url, check) {
  await page.goto(`${url}/synchronization/orders`);
  await page.getByRole("button", { name: "Available Fields" }).click();
  await page.getByRole("checkbox", { name: "Zoho Customer ID" }).click();
  await page.getByRole("checkbox", { name: "Zoho Credit Note Number" }).click();
  await page.keyboard.press("Escape");
  const stands = await page.waitForURL(/columns=[^&]*zoho_credit_note_number/, short).then(() => true, () => false);
  check("a chosen field stands in the address", stands, page.url());
  const shared = page.url();
  await page.reload();
  const head = (name) => page.getByRole("columnheader", { name });
  check("chosen fields survive a reload", (await seen(head("Zoho Customer ID"))) && (await seen(head("Zoho Credit Note Number"))));
  await page.goto(`${url}/synchronization/orders?phase=invoice_sync`);
  check("chosen fields come back on another visit", await seen(head("Zoho Customer ID")));
  await page.evaluate(() => localStorage.removeItem("qlobooks.columns.orders"));
  await page.goto(shared);
  check("an address can be shared with its fields", await seen(head("Zoho Credit Note Number")));
  await page.evaluate(() => localStorage.removeItem("qlobooks.columns.orders"));
}

/** from the list into an order and back, without a mouse */
async function keyboard(page, url, check) {
  await page.goto(`${url}/synchronization/orders?q=LARKPLAIN`);
  const link = page.getByRole("link", { name: "LARKPLAIN", exact: true });
  await link.waitFor();
  await link.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "LARKPLAIN" });
  await drawer.getByRole("button", { name: "More for LARKPLAIN" }).waitFor();
  const inside = () => page.evaluate(() => Boolean(document.activeElement?.closest("[role=dialog]")));
  for (let at = 0; at < 4; at++) await page.keyboard.press("Tab");
  check("the keyboard stays inside an open order", await inside());
  await drawer.getByRole("button", { name: "More for LARKPLAIN" }).focus();
  await page.keyboard.press("Enter");
  const item = page.getByRole("menuitem", { name: "Preview" });
  await item.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await item.waitFor({ state: "hidden", ...short }).catch(() => undefined);
  check("a menu closes without closing the order", !(await item.isVisible()) && (await drawer.isVisible()));
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  const back = page.waitForFunction(() => document.activeElement?.textContent === "LARKPLAIN", undefined, short);
  check("the focus returns to the row it came from", await back.then(() => true, () => false));
}

async function runsAndSettings(page, url, check) {
  await page.goto(`${url}/synchronization/hotels`);
  await page.getByText("Larkspur House").first().waitFor();
  const [answer] = await Promise.all([
    page.waitForResponse((one) => one.request().method() === "POST" && one.url().endsWith("/records/hotels/initialize"), short),
    page.getByRole("button", { name: "Initialize again" }).click(),
  ]);
  const { id } = await answer.json();
  await page.goto(`${url}/runs`);
  const line = page.locator(`main a[href="/runs/${id}"]`);
  const quiet = page.getByRole("checkbox", { name: "Also lists, previews and set-up" });
  await page.getByRole("main").locator('a[href^="/runs/"]').first().waitFor(short);
  check("what only lists is folded away among the runs", (await line.count()) === 0 && !(await quiet.isChecked()));
  await quiet.click();
  const told = await seen(page.getByRole("listitem").filter({ has: page.locator(`a[href="/runs/${id}"]`) }).getByText(/hotel/i));
  check("and is shown by its day when it is asked for, in words", told && page.url().includes("all=1"), page.url());
  await line.click();
  check("a run shows how it ended", await ended(page));

  await page.goto(`${url}/configuration`);
  await page.getByRole("button", { name: "Test the connection" }).click();
  check("the connection test passes", await page.getByText("All checks passed.").waitFor(short).then(() => true, () => false));
  check("the redirect URL can be copied", await seen(page.getByRole("button", { name: "Copy: Redirect URL" })));

  await page.goto(`${url}/mapping/taxes`);
  await page.getByRole("heading", { level: 1, name: "Mapping" }).waitFor();
  check("taxes are mapped", await seen(page.getByText("Every row in use has a mapping")));

  await page.goto(`${url}/configuration/limits`);
  await page.getByLabel("Calls per minute").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  check("a wrong setting is named at its field", await seen(page.getByText("must lie between 1 and")));

  await page.goto(`${url}/configuration/orders`);
  const payments = page.getByRole("switch", { name: "Sync new payments" });
  await payments.waitFor(short);
  const why = page.getByText(/waits as Blocked until its order is queued/);
  const before = await why.count();
  await payments.click();
  check("switches that work against each other are explained", before === 0 && (await seen(why)));
}

async function schedule(page, url, check, later, there) {
  await page.goto(`${url}/synchronization/room-types`);
  await page.getByRole("button", { name: "Schedule off" }).click();
  check("a section says that the schedule is off and how to sync by hand", await seen(page.getByText(/nothing here is sent by itself. Choose Sync in a row, or Synchronize Room Types/)));
  await page.getByRole("link", { name: "Open the schedule" }).click();
  check("the schedule says that it is off", await seen(page.getByRole("heading", { name: "The schedule is off" })));
  await page.getByLabel("Launch time").fill("03:30");
  await page.getByRole("switch", { name: "Invoices" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  check("a daily pass without a start date is refused at its field", await seen(page.getByText(/needs a start date first/)));
  if (await later("one look for changes can be started by hand", there("POST", "/schedule/run"))) {
    await startRun(page, url, "/schedule/run", page.getByRole("button", { name: "Run now" }));
    check("one look for changes can be started by hand", await ended(page));
  }
}
