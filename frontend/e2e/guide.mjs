// The guide's whole story, from nothing: connect, set up, map, initialize six sections, sync one, sync
// all, then let the schedule follow what the hotel does, up to the credit note in Zoho's books.

import { Desk, ended, inBooks, patience, put, quiet, reader, save, seen, startRun, tick } from "./hands.mjs";

const sections = [
  ["hotels", "Synchronize Hotels", "Larkspur House"],
  ["room-types", "Synchronize Room Types", "Garden Room"],
  ["service-products", "Synchronize Service Products", "Sauna"],
  ["customers", "Load Customers", "Nora Castellan"],
  ["currencies", "Load Currencies", "Euro"],
  ["orders", "Synchronize Everything", "LARKALEXJ"],
];

export async function guide({ context, url, token, zoho, desk: deskURL, check, signIn }) {
  const page = await context.newPage();
  const desk = new Desk(await context.newPage(), deskURL);
  const read = reader(url, token);
  await signIn(page, url, token);
  await forget(page, url, read, check);
  await connect(page, url, zoho, check);
  await prepare(page, url, read, check);
  await initialize(page, url, check);
  await synchronize(page, url, check);
  await follow(page, url, desk, zoho, check);
  await brake(page, url, desk, check);
  await desk.page.close();
  await page.close();
}

/** everything is forgotten first, so that the story begins as on the first day */
async function forget(page, url, read, check) {
  await quiet(read);
  await page.goto(`${url}/tools`);
  await page.getByRole("radio", { name: "Everything" }).check();
  const field = page.getByLabel(/Type the organization ID/);
  const id = /ID (\d+)/.exec(await page.getByText(/Type the organization ID/).innerText())[1];
  await field.fill(`${id}9`);
  check("a reset waits for the right organization", (await page.getByRole("button", { name: "Forget everything" }).getAttribute("aria-disabled")) === "true");
  await field.fill(id);
  const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith("/tools/reset"), patience), page.getByRole("button", { name: "Forget everything" }).click()]);
  // the page counts the same rows beforehand, so that they alone tell nothing
  const done = page.getByRole("region", { name: "Forgotten", exact: true });
  check("a reset tells what was forgotten", answer.ok() && (await seen(done.getByRole("row", { name: /Listed records \d+/ }))), `status ${answer.status()}`);
}

async function connect(page, url, zoho, check) {
  await page.goto(`${url}/configuration`);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  const begin = page.getByRole("button", { name: "Connect to Zoho Books" });
  await begin.waitFor(patience);
  check("a custom data center names its addresses", (await page.getByLabel("API address").inputValue()) === zoho);
  await begin.click();
  await page.getByRole("link", { name: "Allow" }).click(patience);
  check("Zoho's consent leads back to the connected product", await seen(page.getByText("Zoho Books is connected.")));
  await page.getByRole("button", { name: "Refresh token" }).click();
  check("the access token can be refreshed", await seen(page.getByText("The access token was refreshed.")));
  await page.getByRole("checkbox", { name: "Add missing currencies" }).check();
  await page.getByRole("button", { name: "Run the set-up" }).click();
  check("the set-up tells what it did", (await ended(page)) && (await seen(page.getByText("Result of the set-up"))));
}

async function prepare(page, url, read, check) {
  await lists(page, url, read, "taxes");
  check("the set-up has mapped the taxes that stand in Zoho already", await seen(page.getByText("Every row in use has a mapping")));
  await byDefault(page, url, read, "deposit-accounts", "Operating account");
  await byDefault(page, url, read, "payment-modes", "Bank Transfer");
  await byDefault(page, url, read, "accounts", "Room revenue");
  await page.goto(`${url}/configuration`);
  await page.getByRole("button", { name: "Test the connection" }).click();
  check("after that the connection test passes", await seen(page.getByText("All checks passed.")));
}

/** reads the choices of a mapping from Zoho, and shows them */
async function lists(page, url, read, kind) {
  await page.goto(`${url}/mapping/${kind}`);
  const [answer] = await Promise.all([page.waitForResponse((one) => one.url().endsWith("/mappings/refresh"), patience), page.getByRole("button", { name: "Refresh from Zoho Books" }).click()]);
  await answer.finished();
  await quiet(read);
  await page.reload();
}

async function byDefault(page, url, read, kind, name) {
  await lists(page, url, read, kind);
  const choice = page.getByRole("combobox", { name: /^Everything else: In Zoho Books/ });
  await choice.waitFor(patience);
  const exact = page.getByRole("button", { name: /exact suggestion/ });
  if ((await exact.count()) > 0) await exact.click();
  await choice.click();
  await page.getByRole("option", { name }).first().click(patience);
  await put(page, "/mappings/", () => page.getByRole("button", { name: /^Save \d/ }).click(patience));
}

async function initialize(page, url, check) {
  for (const [section, , name] of sections) {
    await page.goto(`${url}/synchronization/${section}`);
    await page.getByRole("heading", { name: /are not listed yet/ }).waitFor(patience);
    await page.getByRole("button", { name: "Initialize", exact: true }).click();
    check(`${section} are blank until Initialize lists them`, await seen(page.getByText(name, { exact: true })));
  }
}

async function synchronize(page, url, check) {
  await page.goto(`${url}/synchronization/hotels`);
  const row = page.getByRole("row").filter({ hasText: "Larkspur House" });
  await page.getByRole("button", { name: "Sync Larkspur House" }).click();
  check("one record is synchronized and linked to Zoho", (await seen(row.getByText("Synced", { exact: true }))) && (await seen(row.locator(`a[href*="/app/"]`))));
  for (const [section, button] of sections) {
    await page.goto(`${url}/synchronization/${section}`);
    await page.getByRole("button", { name: button }).click(patience);
    await startRun(page, url, "/sync", page.getByRole("dialog").getByRole("button", { name: "Send" }));
    await page.waitForURL(/\/runs\/\d+/, patience);
    check(`all ${section} are synchronized`, (await seen(page.getByRole("progressbar", { name: "Progress" }))) && (await ended(page)));
  }
  // the list shows the phase at first, and 20 of this order were given back: its own state has a column that is chosen
  await page.goto(`${url}/synchronization/orders?q=LARKPLAIN&columns=status`);
  check("after that an order reads Synced", await seen(page.getByRole("row").filter({ hasText: "LARKPLAIN" }).getByText("Synced", { exact: true })));
}

const order = (page, url, reference, phase) => {
  const row = page.getByRole("row").filter({ hasText: reference });
  return page.goto(`${url}/synchronization/orders?q=${reference}&columns=status,phase,zoho_credit_note_number`).then(() => seen(row.getByText(phase, { exact: true })));
};

async function follow(page, url, desk, zoho, check) {
  await page.goto(`${url}/configuration/orders`);
  for (const name of ["Sync new orders", "Update changed orders", "Sync new invoices", "Sync new payments", "Sync credit notes"]) {
    const choice = page.getByRole("switch", { name });
    await choice.waitFor(patience);
    if (!(await choice.isChecked())) await choice.click();
  }
  check("the switches of the schedule are saved", await save(page));

  const guest = await desk.book();
  const gone = await desk.book();
  await desk.act("Invoice", gone);
  check("the schedule is run once by hand", await tick(page, url));
  check("a new booking reads Invoice Sync", await order(page, url, guest, "Invoice Sync"));
  check("an invoiced one reads Payment Sync", await order(page, url, gone, "Payment Sync"));

  await desk.act("Invoice", guest);
  await desk.act("Cancel", gone);
  check("the schedule looks for an invoice and a cancellation", await tick(page, url));
  check("with its invoice it reads Payment Sync", await order(page, url, guest, "Payment Sync"));
  check("an order canceled in QloApps reads Canceled", await order(page, url, gone, "Canceled"));
  await page.getByRole("link", { name: gone, exact: true }).click();
  const drawer = page.getByRole("dialog", { name: gone });
  check("its documents are withdrawn in Zoho", await seen(drawer.getByText("Disabled", { exact: true })));
  await drawer.getByRole("link", { name: /#LK/ }).first().waitFor(patience);
  check("the voided invoice reads void in the books", await inBooks(page, drawer.getByRole("link", { name: /#LK/ }).first(), zoho, "void"));

  await desk.act("Pay", guest);
  check("the schedule looks for a payment", await tick(page, url));
  check("once paid it reads Synced", (await order(page, url, guest, "Synced")) && (await seen(page.getByRole("row").filter({ hasText: guest }).getByText("Synced", { exact: true }).nth(1))));
  await desk.act("Refund", guest);
  check("the schedule looks for a refund", await tick(page, url));
  await order(page, url, guest, "Synced");
  check("the credit note number has a column of its own", await seen(page.getByRole("columnheader", { name: "Zoho Credit Note Number" })));
  const number = page.getByRole("row").filter({ hasText: guest }).locator(`a[href*="creditnotes"]`);
  check("a refund with a slip shows its credit note number", await seen(number));
  check("its link leads to the credit note in Zoho's books", await inBooks(page, number, zoho, "62.4"));
}

/** a scheduled run over more orders than the brake allows waits for a person, who releases it */
async function brake(page, url, desk, check) {
  const limit = async (records) => {
    await page.goto(`${url}/configuration/limits`);
    await page.getByLabel("Records in one run").fill(records);
    if (!(await save(page))) throw new Error(`a brake of ${records} records is not taken`);
  };
  await limit("1");
  const orders = [await desk.book(), await desk.book()];
  await page.goto(`${url}/configuration/schedule`);
  await startRun(page, url, "/schedule/run", page.getByRole("button", { name: "Run now" }));
  check("a run beyond the brake waits and names what it wants", (await seen(page.getByRole("heading", { name: "This run waits for you" }))) && (await seen(page.getByText(/it wants 2, and 1 are allowed/))));
  await page.getByRole("button", { name: "Release", exact: true }).click();
  const ask = page.getByRole("dialog");
  await ask.getByLabel("Reason").fill("Both bookings are right.");
  await ask.getByRole("button", { name: "Release" }).click();
  check("released with a reason, it goes on to its end", await ended(page));
  check("and what it held is sent", (await order(page, url, orders[0], "Invoice Sync")) && (await order(page, url, orders[1], "Invoice Sync")));
  await limit("500");
}
