// What the guide's story leaves out, on the hotel as QloApps 1.6 keeps it: every switch of the short
// lists, the currency of new contacts, the customer portal, and links into every data center.

import { ended, inBooks, list, patience, reader, save, seen, startRun, tick } from "./hands.mjs";

/** one row for each list: its settings, its words, what the desk calls a record, and what stands in the books */
const lists = [
  { section: "hotels", settings: "hotels", many: "hotels", added: "Larkspur Hill", edited: "Larkspur Top", gone: "inactive" },
  { section: "room-types", settings: "room_types", many: "room types", added: "Attic Room", edited: "Attic Chamber", gone: "inactive" },
  { section: "service-products", settings: "service_products", many: "service products", added: "Yoga", edited: "Evening Yoga", gone: "inactive" },
  { section: "customers", settings: "customers", many: "customers", added: "Odile Garnier", edited: "Odile Brunet", gone: "inactive" },
  { section: "currencies", settings: "currencies", many: "currencies", added: "Swiss Franc", edited: "Swiss Franc" }, // a rate is edited; Zoho cannot retire one
];

export async function older({ context, url, token, zoho, desk, check, signIn }) {
  const page = await context.newPage();
  const read = reader(url, token);
  await signIn(page, url, token);
  await switches(page, url, zoho, desk, read, check);
  await early(page, url, zoho, desk, check);
  await portal(page, url, zoho, read, check);
  await centers(page, url, token, read, check);
  await page.close();
}

async function turn(page, url, row, name, on) {
  await page.goto(`${url}/configuration/${row.settings}`);
  const one = page.getByRole("switch", { name, exact: true });
  await one.waitFor(patience);
  if ((await one.isChecked()) !== on) await one.click(patience);
  return save(page);
}

const rowOf = async (page, url, row, id, name) => {
  await page.goto(`${url}/synchronization/${row.section}?q=${id}`);
  return page.getByRole("row").filter({ hasText: name });
};

const reads = async (page, url, row, id, name, state) => seen((await rowOf(page, url, row, id, name)).getByText(state, { exact: true }));

async function switches(page, url, zoho, desk, read, check) {
  const ids = {};
  for (const row of lists) ids[row.section] = await list(desk, row.section);
  const off = await tick(page, url);
  for (const row of lists) check(`with everything off, new ${row.many} are listed and not sent`, off && (await reads(page, url, row, ids[row.section], row.added, "Not synced")));

  for (const row of lists) await turn(page, url, row, `Sync new ${row.many}`, true);
  await tick(page, url);
  for (const row of lists) {
    const found = await rowOf(page, url, row, ids[row.section], row.added);
    const there = (await seen(found.getByText("Synced", { exact: true }))) && (row.section === "currencies" ? (await rateOf(zoho)) === "1.25" : await inBooks(page, found.locator(`a[href*="/app/"]`).first(), zoho, row.added));
    check(`«Sync new ${row.many}» brings a new one into the books`, there);
  }

  for (const row of lists) {
    await turn(page, url, row, `Sync new ${row.many}`, false);
    await turn(page, url, row, `Update changed ${row.many}`, true);
    await list(desk, row.section, ids[row.section], "edit");
  }
  await tick(page, url);
  for (const row of lists) {
    const found = await rowOf(page, url, row, ids[row.section], row.edited);
    const there = (await seen(found.getByText("Synced", { exact: true }))) && (row.section === "currencies" ? (await rateOf(zoho)) === "1.6" : await inBooks(page, found.locator(`a[href*="/app/"]`).first(), zoho, row.edited));
    check(`«Update changed ${row.many}» brings a change into the books`, there);
  }

  for (const row of lists) {
    await turn(page, url, row, `Update changed ${row.many}`, false);
    await turn(page, url, row, `Follow deleted ${row.many}`, true);
    await list(desk, row.section, ids[row.section], "retire");
  }
  await tick(page, url);
  for (const row of lists) {
    const found = await rowOf(page, url, row, ids[row.section], row.edited);
    const there = (await seen(found.getByText("Disabled", { exact: true }))) && (!row.gone || (await inBooks(page, found.locator(`a[href*="/app/"]`).first(), zoho, row.gone)));
    check(`«Follow deleted ${row.many}» withdraws one`, there);
    await turn(page, url, row, `Follow deleted ${row.many}`, false);
  }
}

/** the rate of the added currency, as the books have it */
async function rateOf(zoho) {
  const { rates } = await (await fetch(`${zoho}/sandbox/state`)).json();
  return rates.CHF;
}

/** the currency of contacts made before any document: refused while it cannot be, then used */
async function early(page, url, zoho, desk, check) {
  await page.goto(`${url}/configuration/currencies`);
  const several = page.getByRole("switch", { name: "Post documents in foreign currencies" });
  const chosen = page.getByLabel("Currency of new contacts");
  await several.waitFor(patience);
  if (await several.isChecked()) await several.click();
  await chosen.fill("EUR");
  check("choices that contradict each other are explained before they are saved", await seen(page.getByText(/documents in foreign currencies are off/)));
  const refused = !(await save(page));
  check("and are refused at the field, with what to do", refused && (await seen(page.getByText(/switch multi_currency on, or leave this empty/))));
  await several.click();
  check("with foreign currencies on they are saved", await save(page));
  const id = await list(desk, "customers");
  await tick(page, url);
  const row = await rowOf(page, url, lists[3], id, "Odile Garnier");
  await page.getByRole("button", { name: "Sync Odile Garnier" }).click(patience);
  check("a guest without documents gets a contact in that currency", (await seen(row.getByText("Synced", { exact: true }))) && (await inBooks(page, row.locator(`a[href*="contacts"]`).first(), zoho, "Odile Garnier (EUR)")));
  await page.goto(`${url}/configuration/currencies`);
  await chosen.fill("", patience);
  check("and it is emptied again", await save(page));
}

/** switched on after contacts stand, the portal is opened for them by the one run that is offered */
async function portal(page, url, zoho, read, check) {
  const before = await open(zoho);
  const { counts } = await read("/records/customers?limit=1");
  await turn(page, url, lists[3], "Customer portal", true);
  const offer = page.getByRole("button", { name: `Open it for ${counts.synced} customers` });
  check("the portal names for how many contacts one run is needed", before === 0 && counts.synced > 5 && (await seen(offer)), `${before} are open, ${counts.synced} customers are synced`);
  await startRun(page, url, "/sync", offer);
  const done = await ended(page);
  const now = await open(zoho);
  check("and that run opens it in the books", done && now >= counts.synced - 2, `${now} of ${counts.synced} are open`);
  await turn(page, url, lists[3], "Customer portal", false);
}

async function open(zoho) {
  const { records } = await (await fetch(`${zoho}/sandbox/state`)).json();
  return records.filter((one) => one.module === "contacts" && one.body.is_portal_enabled).length;
}

const dashboards = {
  us: "https://books.zoho.com", eu: "https://books.zoho.eu", in: "https://books.zoho.in", au: "https://books.zoho.com.au", jp: "https://books.zoho.jp",
  ca: "https://books.zohocloud.ca", cn: "https://books.zoho.com.cn", sa: "https://books.zoho.sa", uk: "https://books.zoho.uk", ae: "https://books.zoho.ae",
};

/** the last thing that happens to this hotel: it is moved from one data center to the next */
async function centers(page, url, token, read, check) {
  const { organization_id } = await read("/connection");
  const wrong = [];
  for (const [center, dashboard] of Object.entries(dashboards)) {
    const body = { data_center: center, token_domain: "", api_domain: "", dashboard_domain: "", use_own_application: true, client_id: "sandbox-client", organization_id };
    const answer = await fetch(`${url}/api/v1/connection`, { method: "PUT", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });
    await page.goto(`${url}/synchronization/orders?q=LARKWIRED&columns=status,zoho_customer_id,zoho_sales_order_number,zoho_invoice_number,zoho_payment_number,zoho_credit_note_number`);
    const links = page.getByRole("row").filter({ hasText: "LARKWIRED" }).locator(`a[href*="/app/"]`);
    await links.first().waitFor(patience);
    const hrefs = await links.evaluateAll((all) => all.map((one) => one.href));
    if (!answer.ok || hrefs.length < 5) wrong.push(`${center}: ${answer.status}, ${hrefs.length} links`);
    wrong.push(...hrefs.filter((href) => !href.startsWith(`${dashboard}/app/${organization_id}#/`)));
  }
  check(`links lead into each of ${Object.keys(dashboards).length} data centers`, wrong.length === 0, wrong.join(" "));
}
