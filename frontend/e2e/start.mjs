// From a fresh installation to the first order that is done, by the six steps of Start, every click counted:
// sign-in and the consent at Zoho included. What was there before is forgotten first.

import { patience, quiet, reader, seen } from "./hands.mjs";

const most = 12;

export async function start({ context, url, token, zoho, email, password, check, signIn }) {
  const read = reader(url, token);
  const send = (method, path, body) => fetch(`${url}/api/v1${path}`, { method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } });
  const { organization_id, client_id } = await read("/connection");
  await quiet(read);
  const forgotten = await send("POST", "/tools/reset", { scope: "all", confirm: organization_id });
  const parted = await send("DELETE", "/connection");
  check("before Start everything is forgotten and disconnected", forgotten.ok && parted.ok, `status ${forgotten.status} and ${parted.status}`);

  const page = await context.newPage();
  let clicks = 0;
  const click = (locator) => {
    clicks++;
    return locator.click(patience);
  };
  if (email) {
    await page.goto(url);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await click(page.getByRole("button", { name: "Sign in" }));
  } else {
    await signIn(page, url, token);
    clicks++;
  }
  // the overview leads there by itself, or by its first link, once it knows how far the way in is
  const first = page.getByRole("link", { name: /^Connect ?: open/ });
  const lead = page.getByRole("link", { name: /Go on with the set-up/ });
  await first.or(lead).first().waitFor(patience);
  if (await lead.count()) await click(lead);
  check("Start begins at the first step that is open", await seen(first));

  await page.getByLabel("Address of Zoho Books").fill(`${zoho}/app/${organization_id}#/home`);
  check("the pasted address names the organization", (await page.getByLabel("Organization ID").inputValue()) === organization_id);
  await page.getByLabel("Client ID").fill(client_id);
  await click(page.getByRole("button", { name: /^(Save and connect|Connect to Zoho Books|Reconnect)$/ }));
  await click(page.getByRole("link", { name: "Allow" }));
  await page.waitForURL(/\/start\?/, patience);
  const map = page.getByRole("heading", { level: 2, name: "Map what is missing" });
  const goOn = page.getByRole("button", { name: "Go on", exact: true });
  await map.or(goOn).first().waitFor({ timeout: 240_000 });
  if (!(await map.count())) await click(goOn);
  check("after the consent Zoho Books is prepared by itself, and only what is missing is asked", await seen(map));

  const money = page.getByRole("region", { name: "Where the money of each payment method goes" });
  const account = money.getByRole("combobox", { name: /^Everything else: In Zoho Books/ });
  await account.waitFor({ timeout: 240_000 }); // the tables are shown once Zoho Books is prepared
  await click(account);
  await click(page.getByRole("option", { name: /Operating account/ }).first());
  const names = page.getByRole("region", { name: "What each payment method is called in Zoho Books" });
  await click(names.getByRole("combobox", { name: /^Everything else: In Zoho Books/ }));
  await click(page.getByRole("option", { name: "Bank Transfer" }).first());
  await click(page.getByRole("button", { name: "Save and go on" }));
  check("the rehearsal shows amounts without a click", await seen(page.getByText("Calls to Zoho Books", { exact: true })));
  check("and one invoice as it will look", await seen(page.getByRole("article").first()));
  await click(goOn);
  await page.getByRole("radio", { name: /Keep in step/ }).waitFor(patience);
  await click(page.getByRole("button", { name: /^Send the first/ }));
  const limit = Date.now() + 240_000;
  let done = 0;
  while (done === 0 && Date.now() < limit) {
    done = (await read("/records/orders?phase=synced&limit=1")).items.length;
    if (done === 0) await page.waitForTimeout(1000);
  }
  check(`the first order is done after at most ${most} clicks`, done > 0 && clicks <= most, `${clicks} clicks, ${done} done`);
  console.log(`     ${clicks} clicks from sign-in to the first order that is done`);
  await quiet(read);
  await page.close();
}
