// What the stories share: long patience, the hotel's front desk, and the hands in Zoho's books.

/** a machine may be slow; what is waited for is a condition, never a time */
export const patience = { timeout: 60_000 };

export const seen = (locator) => locator.first().waitFor(patience).then(() => true, () => false);

/** waits until the run that is shown has ended well */
export const ended = (page) =>
  page.locator("[aria-live=polite]").filter({ hasText: /: Done$/ }).first().waitFor({ ...patience, state: "attached", timeout: 120_000 }).then(() => true, () => false);

/** presses what has the focus once it can be pressed: what somebody may do is known later than what the page shows */
export async function pressFocused(page) {
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-disabled") !== "true", undefined, patience);
  await page.keyboard.press("Enter");
}

/** follows the link in a message at once: it goes away by itself */
export const followMessage = (page, name) => page.getByRole("link", { name }).first().dispatchEvent("click", undefined, patience);

/** presses what starts a run, and opens the page of that run */
export async function startRun(page, url, path, button) {
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "POST" && one.url().endsWith(path), patience), button.click(patience)]);
  await page.goto(`${url}/runs/${(await answer.json()).id}`);
}

/** reads from the API with the token of the walk */
export function reader(url, token) {
  return async (path) => (await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } })).json();
}

/** waits until no run is under way, because some acts are refused while one is */
export async function quiet(read) {
  const limit = Date.now() + patience.timeout;
  while (Date.now() < limit) {
    const { items } = await read("/runs?limit=20&status=queued&status=running&status=waiting");
    if (items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error("runs are under way for a minute");
}

/** what an employee does at the front desk of the sample hotel, in the browser */
export class Desk {
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }
  /** books a room and gives the reference of its order */
  async book() {
    await this.page.goto(this.url);
    await Promise.all([this.page.waitForURL(/#order-\d+$/, patience), this.page.getByRole("button", { name: "Book a room" }).click()]);
    return (await this.page.locator("tbody tr").first().locator("td").first().innerText()).trim();
  }
  async act(deed, reference) {
    await this.page.goto(this.url);
    await Promise.all([this.page.waitForURL(/#order-\d+$/, patience), this.page.getByRole("button", { name: `${deed} ${reference}`, exact: true }).click()]);
  }
}

/** follows a link into the books, and reads there */
export async function inBooks(page, link, zoho, text) {
  const [books] = await Promise.all([page.context().waitForEvent("page", patience), link.click(patience)]);
  await books.waitForURL(/\/record\/\d+$/, patience).catch(() => undefined);
  const there = books.url().startsWith(zoho) && (await seen(books.getByText(text).first()));
  await books.close();
  return there;
}

/** presses what saves, and tells whether the API took it: the message that says so goes away by itself */
export async function put(page, path, act) {
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "PUT" && one.url().includes(`/api/v1${path}`), patience), act()]);
  return answer.status() === 200;
}

/** presses what saves the settings that are shown */
export const save = (page, act = () => page.getByRole("button", { name: "Save", exact: true }).click(patience)) => put(page, "/settings/", act);

/** one look of the schedule for changes, by hand */
export async function tick(page, url) {
  await page.goto(`${url}/configuration/schedule`);
  await startRun(page, url, "/schedule/run", page.getByRole("button", { name: "Run now" }));
  return ended(page);
}

/** what QloApps' page of a short list writes; `deed` is "edit" or "retire", without one a record is added */
export async function list(desk, section, id, deed) {
  const answer = await fetch(`${desk}/lists/${section}${deed ? `/${id}/${deed}` : ""}`, { method: "POST" });
  const text = (await answer.text()).trim();
  if (!answer.ok) throw new Error(`${deed ?? "add"} ${section} ${id ?? ""}: ${text}`);
  return text;
}

/** puts a record into the books by hand, as somebody does in Zoho's own pages, and gives its id */
export async function addByHand(zoho, module, body) {
  const answer = await fetch(`${zoho}/sandbox/records`, { method: "POST", body: JSON.stringify({ module, body }) });
  const { id, message } = await answer.json();
  if (!id) throw new Error(`the books refuse ${module}: ${message}`);
  return id;
}

/** synchronizes a part alone, from the menu beside the button for everything */
export async function part(page, name) {
  await page.getByRole("button", { name: "Synchronize a part" }).click(patience);
  await page.getByRole("menuitem", { name: `Synchronize ${name}` }).click(patience);
}

/** presses Tab until the focus stands on what has this name */
export async function tabTo(page, name) {
  for (let at = 0; at < 150; at++) {
    const here = await page.evaluate(() => {
      const one = document.activeElement;
      return one?.getAttribute("aria-label") ?? one?.labels?.[0]?.textContent ?? one?.textContent;
    });
    if (typeof name === "string" ? here?.trim() === name : name.test(here?.trim() ?? "")) return true;
    await page.keyboard.press("Tab");
  }
  return false;
}
