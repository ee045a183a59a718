// What already stands in Zoho's books: a guest paired by hand, payments brought to QloApps, and the
// token of a program.

import { addByHand, ended, patience, reader, seen } from "./hands.mjs";

export async function books({ context, url, token, zoho, check, signIn }) {
  const page = await context.newPage();
  await signIn(page, url, token);
  await pair(page, url, zoho, check);
  await payments(page, url, zoho, reader(url, token), check);
  await tokens(page, url, check);
  await keys(page, url, check);
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
  await of("12.75").getByRole("button", { name: /^Assign/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Order" }).fill("LARKDEPOS");
  await dialog.getByRole("radio", { name: /LARKDEPOS/ }).check(patience);
  await dialog.getByRole("button", { name: "Write to QloApps" }).click();
  check("an order of another guest is asked about first", await seen(dialog.getByText(/of Owen Fairfax in Zoho Books, order LARKDEPOS of /)));
  await dialog.getByRole("button", { name: "Yes, write it all the same" }).click();
  check("a person assigns it to an order", (await seen(page.getByText(/stands in QloApps on order LARKDEPOS/))) && (await seen(of("12.75").getByText("In QloApps"))));
  await page.getByRole("link", { name: "Statements" }).click();
  check("statements add the imported payments up", await seen(page.getByRole("row", { name: new RegExp(`${date} Bank Transfer \\d+ [\\d,.]+ USD`) })));
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
  await page.keyboard.press("Enter");
  check("and synchronizes it", await seen(page.getByText("LARKTHREE is queued.")));
}
