// What already stands in Zoho's books: a guest paired by hand, payments brought to QloApps, and the
// token of a program; and a month that is closed.

import { addByHand, ended, patience, pressFocused, quiet, reader, seen, startRun, tabTo } from "./hands.mjs";

export async function books({ context, url, token, zoho, check, signIn }) {
  const page = await context.newPage();
  await signIn(page, url, token);
  await pair(page, url, zoho, check);
  await payments(page, url, zoho, reader(url, token), check);
  await tokens(page, url, check);
  await keys(page, url, check);
  await month(page, url, zoho, reader(url, token), check);
  await page.close();
}

async function pair(page, url, zoho, check) {
  const contact = `Solberg & Co ${Date.now() % 100_000}`;
  await addByHand(zoho, "contacts", { contact_name: contact, contact_type: "customer", contact_persons: [{ first_name: "I", email: "OFFICE@solberg.example", is_primary_contact: true }] });
  await page.goto(`${url}/pairing?q=Solberg`);
  const guest = "Solberg Shipping Ingrid Solberg";
  await page.getByRole("button", { name: `Unpair ${guest}` }).click(patience);
  const ask = page.getByRole("dialog");
  await ask.getByLabel("Reason").fill("The hotel has a contact of its own for them.");
  await ask.getByRole("button", { name: "Unpair" }).click();
  check("a guest is unpaired with a reason", await seen(page.getByText(`${guest} is no longer paired.`)));
  await page.getByRole("button", { name: /^Load contacts/ }).click();
  const act = page.getByRole("button", { name: `Pair ${guest} with ${contact}` });
  check("a loaded contact is suggested, with why", (await seen(act)) && (await seen(page.getByText("same e-mail"))));
  await act.click();
  check("a guest is paired by hand", (await seen(page.getByText(`${guest} is paired with ${contact}.`))) && (await seen(page.getByText("Paired by a person"))));
  const [file] = await Promise.all([page.waitForEvent("download", patience), page.getByRole("button", { name: "Export as CSV" }).click()]);
  check("the pairs are saved as a file", file.suggestedFilename() === "customers.csv");
  await page.getByRole("button", { name: "Import a CSV file" }).click();
  const dialog = page.getByRole("dialog");
  await page.locator("input[type=file]").setInputFiles({ name: "pairs.csv", mimeType: "text/csv", buffer: Buffer.from("customer_id,zoho_contact_id\n987654,460000000000001\n") });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  check("a file's wrong lines are named", await seen(dialog.getByText("is no listed customer")));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ ...patience, state: "hidden" });
}

async function payments(page, url, zoho, read, check) {
  const guest = await read("/documents/customer/7");
  const invoice = await read("/documents/invoice/8");
  const date = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  const paid = { customer_id: guest.zoho_id, payment_mode: "Bank Transfer", date };
  await addByHand(zoho, "customerpayments", { ...paid, amount: 60.5, invoices: [{ invoice_id: invoice.zoho_id, amount_applied: 60.5 }] });
  await addByHand(zoho, "customerpayments", { ...paid, amount: 12.75 });
  await page.goto(`${url}/payments`);
  await page.getByRole("button", { name: "Import new payments" }).click();
  const list = page.getByRole("list", { name: "Payments" });
  const of = (amount) => list.getByRole("listitem").filter({ hasText: `${amount} USD` });
  check("a payment on an invoice of QloApps is brought there", await seen(of("60.50").getByText("In QloApps")));
  check("one on no invoice waits for a person", await seen(of("12.75").getByText("Waiting for a person")));
  const assign = of("12.75").getByRole("button", { name: /^Assign/ });
  await assign.focus(patience);
  await pressFocused(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Order" }).and(page.locator(":focus")).waitFor(patience);
  await page.keyboard.type("LARKDEPOS");
  // Typed slowly, its beginning finds others first, which go away again: it is alone once all of it was looked for.
  await page.waitForFunction(() => [...document.querySelectorAll("[role=dialog] input[type=radio]")].map((one) => one.labels?.[0]?.textContent ?? "").join("|").match(/^[^|]*LARKDEPOS[^|]*$/), undefined, patience);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  check("an order is found and chosen by the keyboard alone", await dialog.getByRole("radio", { name: /LARKDEPOS/ }).isChecked());
  await tabTo(page, "Write to QloApps");
  await pressFocused(page);
  check("an order of another guest is asked about first", await seen(dialog.getByText(/of Owen Fairfax in Zoho Books, order LARKDEPOS of /)));
  await tabTo(page, "Yes, write it all the same");
  await pressFocused(page);
  check("a person assigns it to an order", (await seen(page.getByText(/stands in QloApps on order LARKDEPOS/))) && (await seen(of("12.75").getByText("In QloApps"))));
  await page.getByRole("link", { name: "Statements" }).click();
  const shown = new Date(date).toLocaleDateString("en-US", { timeZone: "UTC", year: "numeric", month: "short", day: "2-digit" });
  check("statements add the imported payments up", await seen(page.getByRole("row", { name: new RegExp(`${shown} Bank Transfer \\d+ [\\d,.]+ USD`) })));
}

async function tokens(page, url, check) {
  await page.goto(`${url}/tokens`);
  const name = "Night audit script";
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("radio", { name: "Operator" }).check();
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = page.getByText(/^qlb_\S{20,}$/);
  check("a new token is shown once, to be copied", (await seen(secret)) && (await seen(page.getByRole("button", { name: "Copy: Token" }))));
  const answer = await fetch(`${url}/api/v1/session`, { headers: { Authorization: `Bearer ${await secret.innerText()}` } });
  check("it works, with its role", answer.ok && (await answer.json()).role === "operator");
  await page.reload();
  await page.getByRole("button", { name: `Revoke ${name}` }).first().waitFor(patience);
  check("after a reload nobody can read it", (await secret.count()) === 0);
  await page.getByRole("button", { name: `Revoke ${name}` }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  check("a token is revoked", await seen(page.getByText(`${name} was revoked.`)));
}

/** from the address to the synchronized record with nothing but the keyboard */
async function keys(page, url, check) {
  await page.goto(`${url}/synchronization/orders?q=LARKTHREE`);
  await page.getByRole("button", { name: "Sync LARKTHREE" }).waitFor(patience);
  let found = false;
  for (let at = 0; at < 80 && !found; at++) {
    await page.keyboard.press("Tab");
    found = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Sync LARKTHREE");
  }
  check("the keyboard alone reaches a record's Sync", found);
  await pressFocused(page);
  check("and synchronizes it", await seen(page.getByText("LARKTHREE is queued.")));
}

/** presses what sends a request, and gives its answer */
async function answered(page, method, path, button) {
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === method && one.url().endsWith(path), patience), button.click(patience)]);
  return answer.status();
}

/** reads a month's days again, and shows the month */
async function readMonth(page, url, period) {
  await page.goto(`${url}/reconciliation?${period}`);
  await startRun(page, url, "/reconciliation/refresh", page.getByRole("button", { name: "Refresh from Zoho Books" }));
  const read = await ended(page);
  await page.goto(`${url}/reconciliation?${period}`);
  return read;
}

/** an invoice of a month that is over is made void in the books; the month is closed with a reason for it and for whatever
 * else stays, and opened again */
async function month(page, url, zoho, read, check) {
  const now = new Date().toLocaleDateString("sv-SE", { timeZone: "America/Chicago" }).slice(0, 7); // in the hotel, where the month is over
  const { records } = await (await fetch(`${zoho}/sandbox/state`)).json();
  const [invoice] = records.filter((one) => one.module === "invoices" && one.key && one.date < `${now}-01` && !["void", "draft"].includes(one.status) && Number(one.total) > 0 && Number(one.balance) === Number(one.total)).sort((a, b) => (a.date < b.date ? 1 : -1));
  const first = `${invoice.date.slice(0, 7)}-01`;
  const last = new Date(Date.UTC(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 0)).toISOString().slice(0, 10);
  const name = new Date(first).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
  const period = `from=${first}&to=${last}`;
  const stand = (status) => fetch(`${zoho}/sandbox/records/${invoice.id}/status`, { method: "POST", body: JSON.stringify({ status }) });
  await quiet(read);
  await stand("void");
  check("a month is read from Zoho Books", await readMonth(page, url, period));
  const section = page.getByRole("region", { name: "The month", exact: true });
  await section.getByRole("button", { name: "Close the month" }).click(patience);
  const dialog = page.getByRole("dialog");
  const differences = dialog.getByRole("region", { name: "Differences that stay" }).getByRole("textbox", { name: /^Why / });
  await differences.first().waitFor(patience);
  const count = await differences.count();
  await dialog.getByRole("button", { name: "Close the month" }).click(patience);
  check("a month is not closed without a reason for each difference and for itself", (await seen(dialog.getByText("Write why."))) && (await dialog.getByText("Write why.").count()) === count + 1);
  for (let at = 0; at < count; at++) await differences.nth(at).fill(`The owner knows of it, ${at + 1} of ${count}.`);
  await dialog.getByRole("textbox", { name: "Why the month is final" }).fill("Agreed with the tax adviser.");
  check("with reasons it is closed", (await answered(page, "POST", `/periods/${first.slice(0, 7)}/close`, dialog.getByRole("button", { name: "Close the month" }))) < 300);
  const accepted = section.getByRole("list", { name: count === 1 ? "1 difference was accepted" : `${count} differences were accepted` });
  check("the month reads closed, by whom and why", (await seen(section.getByText(`${name} was closed by`))) && (await seen(section.getByText("Agreed with the tax adviser."))));
  check("with what was accepted, the voided invoice among it", (await seen(accepted.getByText(`The owner knows of it, ${count} of ${count}.`))) && (await seen(accepted.getByText(invoice.name))), await accepted.innerText().catch(String));
  await section.getByRole("button", { name: "Open the month again" }).click(patience);
  await dialog.getByRole("textbox", { name: /^Reason/ }).fill("The invoice is to stand after all.");
  check("a closed month is opened again with a reason", (await answered(page, "DELETE", `/periods/${first.slice(0, 7)}/close`, dialog.getByRole("button", { name: "Open the month again" }))) < 300);
  check("and reads open", await seen(section.getByText(`${name} is open`, { exact: true })));
  await stand("sent");
  check("what was made void stands again, and is read so", await readMonth(page, url, period));
}
