// The small steps of the guide that the stories do not take: every tab and switch, the selection, the
// filter, the pause, a canceled run, and the keyboard alone. It leaves the settings as it found them.

import { Desk, ended, part, patience, pressFocused, reader, save, seen, startRun, tabTo } from "./hands.mjs";

const groups = {
  Connection: ["API"],
  "What is sent": ["Currencies", "Customers", "Hotels", "Room Types", "Service Products", "Orders", "Payments"],
  "Automatic work": ["Automatic work", "Schedule"],
  "Safety and access": ["Limits", "Access", "Alerts", "Logs"],
};

export async function steps({ context, url, token, desk, check, signIn }) {
  const page = await context.newPage();
  const read = reader(url, token);
  await signIn(page, url, token);
  await copies(context, page, url, read, check);
  await sections(page, url, check);
  await automatic(page, url, read, check);
  await switches(page, url, check);
  await namesGuests(page, url, read, check);
  await keyboardSaves(page, url, check);
  await selects(page, url, check);
  await filters(page, url, read, check);
  await chooses(page, url, read, check);
  await pastes(page, url, read, check);
  await wayBack(page, url, check);
  await pauses(page, url, check);
  await startByKeys(page, url, check);
  await narrow(context.browser(), url, token, signIn, check);
  if (desk) await cancels(page, url, token, read, new Desk(await context.newPage(), desk), check);
  await page.close();
}

async function copies(context, page, url, read, check) {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  await page.goto(`${url}/configuration`);
  await page.getByRole("button", { name: "Copy: Redirect URL" }).click(patience);
  await page.getByRole("button", { name: "Redirect URL: Copied" }).waitFor(patience);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check("the copy button copies the redirect URL", copied === (await read("/connection")).redirect_url && copied.endsWith("/api/v1/connection/callback"), copied);
}

async function sections(page, url, check) {
  await page.goto(`${url}/configuration`);
  const bar = page.getByRole("navigation").filter({ has: page.getByRole("link", { name: "Service Products", exact: true }) });
  await bar.waitFor(patience);
  for (const [group, names] of Object.entries(groups)) {
    const list = bar.getByRole("list", { name: group, exact: true });
    for (const name of names) {
      await list.getByRole("link", { name, exact: true }).click(patience);
      check(`Configuration has the section ${name} under ${group}`, await seen(list.locator('[aria-current="page"]').filter({ hasText: name })));
    }
  }
}

/** what works by itself stands on one page too: switches of two sections, turned and kept by one Save */
async function automatic(page, url, read, check) {
  const both = async () => [(await read("/settings/hotels")).auto_update, (await read("/settings/orders")).auto_sync_new_invoices];
  const turn = async () => {
    await page.goto(`${url}/configuration/automatic`);
    for (const name of ["Hotels: Changed", "New invoices"]) await page.getByRole("checkbox", { name, exact: true }).click(patience);
    const saved = await save(page);
    // one section is saved after the other; then nothing is left to discard
    await page.getByRole("button", { name: "Discard" }).waitFor({ ...patience, state: "hidden" });
    return saved;
  };
  const before = await both();
  const saved = await turn();
  const after = await both();
  check("switches of two sections are turned on one page by one Save", saved && after.every((on, at) => on !== before[at]), `${before} then ${after}`);
  const back = await turn();
  check("and turned back the same way", back && String(await both()) === String(before));
}

async function switches(page, url, check) {
  for (const section of ["currencies", "customers", "hotels", "room_types", "service_products"]) {
    const all = page.locator("form").getByRole("switch");
    const states = async () => {
      await page.goto(`${url}/configuration/${section}`);
      await all.first().waitFor(patience);
      return all.evaluateAll((list) => list.map((one) => one.checked));
    };
    const turn = async () => {
      const count = await all.count();
      for (let at = 0; at < count; at++) await all.nth(at).click(patience);
      return save(page);
    };
    const before = await states();
    const saved = await turn();
    const after = await states();
    check(`all ${before.length} switches of ${section} are saved and still set after a reload`, saved && before.length >= 3 && after.length === before.length && after.every((on, at) => on !== before[at]), `${before} then ${after}`);
    check(`and turned back (${section})`, await turn());
  }
}

/** types a name pattern and sees what it makes of real guests, before anything is saved */
async function namesGuests(page, url, read, check) {
  const before = (await read("/settings/customers")).name_pattern;
  await page.goto(`${url}/configuration/customers`);
  const field = page.getByRole("textbox", { name: "Contact name", exact: true });
  const table = page.getByRole("table", { name: "Names of guests in Zoho Books" });
  for (const [pattern, guest, name] of [
    ["{lastname}, {firstname} ({id})", "Alex Morgan", "Morgan, Alex (29)"],
    ["{company} {lastname}", "Solberg Shipping Ingrid Solberg", "Solberg Shipping Solberg"],
  ]) {
    await field.fill(pattern, patience);
    const row = table.getByRole("row").filter({ has: page.getByRole("cell", { name: guest, exact: true }) });
    check(`the pattern ${pattern} makes ${name} of ${guest}`, await seen(row.getByRole("cell", { name, exact: true })), await table.innerText().catch(String));
  }
  await field.fill("{lastname}", patience);
  const namesakes = table.getByRole("row").filter({ has: page.getByRole("cell", { name: "Alex Morgan", exact: true }) });
  check("guests whom a pattern names alike are told apart", await seen(namesakes.filter({ hasText: "Morgan (" })), await table.innerText().catch(String));
  check("and nothing was saved", (await read("/settings/customers")).name_pattern === before);
}

async function keyboardSaves(page, url, check, where = "") {
  await page.goto(`${url}/configuration/hotels`);
  const choice = page.getByRole("switch", { name: "Update changed hotels" });
  await choice.waitFor(patience);
  const was = await choice.isChecked();
  const turn = async () => {
    if (!(await tabTo(page, "Update changed hotels"))) return false;
    await page.keyboard.press("Space");
    return (await tabTo(page, "Save")) && save(page, () => pressFocused(page));
  };
  const saved = await turn();
  await page.reload();
  await choice.waitFor(patience);
  check(`a switch is reached, turned and saved by the keyboard alone${where}`, saved && (await choice.isChecked()) !== was);
  check(`and turned back the same way${where}`, await turn());
}

async function selects(page, url, check) {
  await page.goto(`${url}/synchronization/hotels`);
  for (const name of ["Larkspur House", "Larkspur Lakeside"]) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).click(patience);
  check("two chosen rows are counted", await seen(page.getByText("Acts on: 2 records selected")));
  await page.getByRole("button", { name: "Synchronize Hotels" }).click();
  const dialog = page.getByRole("dialog", { name: "Send 2 hotels to Zoho Books?" });
  check("and the question names their number", await seen(dialog));
  await startRun(page, url, "/sync", dialog.getByRole("button", { name: "Send" }));
  check("the chosen rows are sent", await ended(page));
}

async function filters(page, url, read, check) {
  const { items } = await read("/records/orders?phase=payment_sync&limit=200");
  await page.goto(`${url}/synchronization/orders?phase=payment_sync`);
  const scope = page.getByText(`Acts on: all ${items.length} matching the filter`);
  check("a filter says how many it matches", items.length > 1 && (await seen(scope)));
  await page.reload();
  const left = page.getByRole("row").filter({ hasText: "LARKVOUCH" });
  check("a filter survives a reload", (await seen(scope)) && page.url().includes("phase=payment_sync") && (await left.count()) === 0);
  await part(page, "Payments");
  const dialog = page.getByRole("dialog", { name: `Send ${items.length} orders to Zoho Books?` });
  check("all that match are sent only after their count was shown", await seen(dialog));
  await startRun(page, url, "/sync", dialog.getByRole("button", { name: "Send" }));
  check("and then they are sent", await ended(page));
}

/** the same filter, chosen by hand, and taken off again */
async function chooses(page, url, read, check) {
  const { items } = await read("/records/orders?phase=invoice_sync&limit=200");
  await page.goto(`${url}/synchronization/orders`);
  await page.getByRole("button", { name: "Filters" }).click(patience);
  const phase = page.getByRole("combobox", { name: "Phase" });
  await phase.click(patience);
  await page.getByRole("option", { name: "Invoice Sync" }).click(patience);
  const shown = items.length === 1 ? "Acts on: the one record matching the filter" : `Acts on: all ${items.length} matching the filter`;
  const counted = await seen(page.getByText(shown));
  check("a phase chosen from the list narrows it and stands in the address", items.length > 0 && counted && page.url().includes("phase=invoice_sync") && (await page.getByRole("row").filter({ hasText: "LARKVOUCH" }).count()) === 0, page.url());
  await page.getByRole("button", { name: "Clear filters" }).click(patience);
  const all = await seen(page.getByText(/^Acts on: all \d+ records$/)); // not those that match
  check("and is taken off again", all && !page.url().includes("phase="), page.url());
}

/** an accountant has the number from Zoho's books, and pastes it */
async function pastes(page, url, read, check) {
  const { fields } = await read("/records/orders/21");
  for (const [kind, field] of [["invoice", "zoho_invoice_number"], ["payment", "zoho_payment_number"], ["credit note", "zoho_credit_note_number"], ["sales order", "zoho_sales_order_number"]]) {
    await page.goto(`${url}/synchronization/orders`);
    await page.getByLabel("Search").fill(` ${fields[field][0].text} `, patience);
    await page.waitForURL(/q=/, patience);
    // Zoho may give a payment of another order the number of this one's slip
    const few = await page.waitForFunction(() => Number(document.querySelector("table[aria-rowcount]")?.getAttribute("aria-rowcount") ?? 99) <= 3, undefined, patience).then(() => true, () => false);
    check(`an order is found by its ${kind}'s number in Zoho Books`, few && (await seen(page.getByRole("row").filter({ hasText: "LARKWIRED" }))));
  }
}

/** from step to step of Start without a mouse */
async function startByKeys(page, url, check) {
  await page.goto(`${url}/start?step=check`);
  await page.getByRole("link", { name: /^Connect/ }).waitFor(patience);
  for (const step of ["Connect", "Set up", "Map what is missing", "Rehearse", "Switch on"]) {
    const reached = await tabTo(page, new RegExp(`^${step}:`));
    await page.keyboard.press("Enter");
    const there = page.locator("main a[aria-current]").filter({ hasText: step });
    check(`the keyboard alone goes to the step ${step}`, reached && (await seen(there)), page.url());
  }
}

/** nothing that gets the focus is hidden behind the way to save */
async function uncovered(page, url, check) {
  await page.goto(`${url}/configuration/automatic`);
  await page.getByRole("checkbox", { name: "Hotels: Changed", exact: true }).click(patience);
  await page.getByRole("button", { name: "Discard changes" }).waitFor(patience);
  await page.evaluate(() => scrollTo(0, 0));
  await page.getByRole("link", { name: "Skip to the content" }).focus();
  const hidden = [];
  for (let at = 0; at < 80; at++) {
    await page.keyboard.press("Tab");
    const behind = await page.evaluate(() => {
      const one = document.activeElement;
      const bar = document.querySelector("[data-at-foot=save]");
      if (!one || !bar || bar.contains(one)) return "";
      const { top, bottom } = one.getBoundingClientRect();
      return top >= bar.getBoundingClientRect().top && bottom > top ? (one.getAttribute("aria-label") ?? one.textContent) : "";
    });
    if (behind) hidden.push(behind);
  }
  check("nothing that gets the focus is behind the bar with Save", hidden.length === 0, hidden.join(", "));
  await page.getByRole("button", { name: "Discard changes" }).click(patience);
}

/** a telephone's width and no mouse: from the menu into an order and back, and a switch */
async function narrow(browser, url, token, signIn, check) {
  const context = await browser.newContext({ viewport: { width: 375, height: 800 } });
  const page = await context.newPage();
  await signIn(page, url, token);
  const open = (await tabTo(page, "Menu")) && (await page.keyboard.press("Enter").then(() => seen(page.getByRole("dialog").getByRole("link", { name: "Synchronization" }))));
  const went = open && (await tabTo(page, "Synchronization"));
  await page.keyboard.press("Enter");
  check("at 375 px the menu is opened and followed by the keyboard", went && (await seen(page.getByRole("heading", { level: 1, name: "Synchronization" }))));
  await page.goto(`${url}/synchronization/orders`);
  await page.getByRole("link", { name: /^LARK/ }).first().waitFor(patience);
  const search = await tabTo(page, "Search");
  await page.keyboard.type("LARKPLAIN");
  await page.waitForURL(/q=LARKPLAIN/, patience);
  const reached = search && (await tabTo(page, "LARKPLAIN"));
  await page.keyboard.press("Enter");
  const order = page.getByRole("dialog", { name: "LARKPLAIN" });
  const shown = reached && (await seen(order.getByText("374.40")));
  await page.keyboard.press("Escape");
  const back = await page.waitForFunction(() => document.activeElement?.textContent === "LARKPLAIN", undefined, patience).then(() => true, () => false);
  check("and an order is found, opened and left, with the focus back on it", shown && back);
  await keyboardSaves(page, url, check, " at 375 px");
  await uncovered(page, url, check);
  await context.close();
}

async function wayBack(page, url, check) {
  await page.goto(`${url}/synchronization/orders?record=3`);
  const link = page.getByRole("dialog").getByRole("link", { name: "Open in QloApps" });
  await link.waitFor(patience);
  const href = await link.getAttribute("href");
  check("an open order leads back to the same order in QloApps", /^https?:\/\/.+\/index\.php\?controller=AdminOrders&vieworder&id_order=3$/.test(href), href);
}

async function pauses(page, url, check) {
  await page.goto(`${url}/configuration/schedule`);
  const on = page.getByRole("heading", { name: "The schedule is on" });
  const off = page.getByRole("heading", { name: "The schedule is off" });
  await page.getByRole("button", { name: "Resume", exact: true }).click(patience);
  const resumed = await seen(on);
  await page.reload();
  check("the schedule is resumed, and still on after a reload", resumed && (await seen(on)));
  await page.getByRole("button", { name: "Pause", exact: true }).click(patience);
  await page.getByRole("dialog").getByRole("button", { name: "Pause", exact: true }).click(patience);
  const paused = await seen(off);
  await page.reload();
  check("the schedule is paused, and still off after a reload", paused && (await seen(off)));
}

/** a run that the brake stops stays under way until somebody decides */
async function cancels(page, url, token, read, desk, check) {
  const set = async (section, change) => {
    const body = JSON.stringify({ ...(await read(`/settings/${section}`)), ...change });
    const answer = await fetch(`${url}/api/v1/settings/${section}`, { method: "PUT", body, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(`the settings ${section} are not taken: ${answer.status} ${await answer.text()}`);
  };
  const limits = await read("/settings/limits");
  const orders = await read("/settings/orders");
  await set("limits", { brake_max_records: 1 });
  await set("orders", { auto_sync_new_orders: true });
  await desk.book();
  await desk.book();
  await page.goto(`${url}/configuration/schedule`);
  await startRun(page, url, "/schedule/run", page.getByRole("button", { name: "Run now" }));
  await page.getByRole("heading", { name: "This run waits for you" }).waitFor(patience);
  const waiting = page.url();
  await page.goto(`${url}/issues`);
  await page.getByRole("button", { name: "Release" }).first().waitFor(patience);
  const look = await tabTo(page, "Look");
  await page.keyboard.press("Enter");
  check("a cure of what waits is reached and followed by the keyboard alone", look && (await page.waitForURL(waiting, patience).then(() => true, () => false)), page.url());
  await page.getByRole("button", { name: "Cancel the run" }).first().click(patience);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click(patience);
  await page.getByRole("heading", { name: "This run waits for you" }).waitFor({ ...patience, state: "hidden" });
  const run = await read(`/runs/${page.url().split("/").pop()}`);
  check("a run is canceled, and says so", run.status === "canceled" && (await seen(page.getByText("Canceled", { exact: true }))), run.status);
  await set("limits", limits);
  await set("orders", orders);
  await desk.page.close();
}
