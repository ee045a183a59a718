// Two people change the same: what was read again since the first change must not let a save pass unseen.
import { act, cleanup, renderHook, screen, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { useDraft } from "@/lib/draft";
import { open } from "@/test/open";
import { aConnection, aMapping, anOverview, answers, aPage, aStep, server } from "@/test/server";
import "@/features/mapping/MappingPage";
import "@/features/settings/ConfigurationPage";
import "@/features/start/StartPage"; // fetched before the tests begin to wait for them

const at = (path: string) => `http://qlobooks.test/api/v1${path}`;

/** something with a version, which refuses whoever made a change from another one */
function shared(path: string, first: object, changed = "something") {
  const asked: { match: string | null; body: Record<string, unknown> }[] = [];
  const one = {
    asked,
    stands: first,
    version: 1,
    /** somebody else saves */
    changeTo(next: object) {
      one.stands = next;
      one.version++;
    },
  };
  const answer = () => HttpResponse.json(one.stands as never, { headers: { ETag: `"${one.version}"` } });
  server.use(
    http.get(at(path), answer),
    http.put(at(path), async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      const match = request.headers.get("If-Match");
      asked.push({ match, body });
      if (match !== `"${one.version}"`) {
        return HttpResponse.json({ code: "changed_meanwhile", title: "Changed meanwhile", detail: "Maren changed this.", by: "Maren", at: "2026-03-01T09:00:00Z", changes: [{ field: changed, before: "1", after: "2" }] }, { status: 412 });
      }
      one.changeTo("items" in body ? one.stands : body);
      return answer();
    }),
  );
  return one;
}

const limits = { calls_per_minute: 90, calls_per_day: null, reserve_for_live_percent: 20, brake_max_records: 500, brake_max_voids: 20, brake_max_amount: null };

/** the page anew, as after a new sign-in: it reads what stands now, and what was entered is still there */
function again(path: string): UserEvent {
  cleanup();
  return open(path);
}

test("a form keeps the version of its first change, whatever is read meanwhile", () => {
  const stored = { calls: 90, voids: 20 };
  const { result, rerender } = renderHook(({ values, version }) => useDraft("test", values, version), { initialProps: { values: stored, version: "1" } });
  act(() => result.current.set({ calls: 60 }));
  rerender({ values: { ...stored, voids: 7 }, version: "2" });
  expect(result.current.values).toEqual({ calls: 60, voids: 7 });
  act(() => result.current.set({ calls: 50 }));
  expect(result.current.from).toEqual({ values: stored, version: "1" });
  // what is put back is no change, and the next one is made from what stands then
  act(() => result.current.set({ calls: 90 }));
  expect(result.current.dirty).toBe(false);
  act(() => result.current.set({ voids: 8 }));
  expect(result.current.from).toEqual({ values: { ...stored, voids: 7 }, version: "2" });
});

test("settings are saved from the version of the first change, also after a new sign-in, and from the answer's after that", async () => {
  const section = shared("/settings/limits", limits, "brake_max_voids");
  let user = open("/configuration/limits");
  await user.clear(await screen.findByLabelText("Calls per minute"));
  await user.type(screen.getByLabelText("Calls per minute"), "60");
  section.changeTo({ ...limits, brake_max_voids: 7 });
  user = again("/configuration/limits");
  expect(await screen.findByText(/what you had entered before you were signed out/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Maren has changed this too/)).toBeVisible();
  expect(section.asked.map((one) => one.match)).toEqual(['"1"']);
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  await expect.poll(() => section.asked.length).toBe(2);
  expect(section.asked[1]).toMatchObject({ match: '"2"', body: { calls_per_minute: 60, brake_max_voids: 7 } });
  await expect.poll(() => screen.queryByText(/is not saved/)).toBeNull();
  // the next change is made from what the answer said, without another reading
  await user.clear(screen.getByLabelText("Calls per minute"));
  await user.type(screen.getByLabelText("Calls per minute"), "70");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await expect.poll(() => section.asked.length).toBe(3);
  expect(section.asked[2]?.match).toBe('"3"');
});

test("what the other one changed is theirs when it is chosen so, also when it was read before the save", async () => {
  const section = shared("/settings/limits", limits, "calls_per_minute");
  let user = open("/configuration/limits");
  await user.clear(await screen.findByLabelText("Calls per minute"));
  await user.type(screen.getByLabelText("Calls per minute"), "60");
  section.changeTo({ ...limits, calls_per_minute: 30 });
  user = again("/configuration/limits");
  await user.click(await screen.findByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Keep theirs" }));
  await expect.poll(() => (screen.getByLabelText("Calls per minute") as HTMLInputElement).value).toBe("30 calls");
});

test("a mapping is saved from the version of the first row that was changed", async () => {
  const rows = [aMapping().items[0], { ...aMapping().items[0], source_id: "20", source_name: "20 %", suggested_zoho_id: null }] as never[];
  const choices = [{ zoho_id: "t7", zoho_name: "VAT 7", detail: "" }, { zoho_id: "t20", zoho_name: "VAT 20", detail: "" }];
  const page = shared("/mappings/taxes", aMapping({ items: rows, choices }), "7 %");
  let user = open("/mapping/taxes");
  await user.click(await screen.findByRole("combobox", { name: /^20 %/ }));
  await user.click(await screen.findByRole("option", { name: "VAT 20" }));
  page.changeTo(aMapping({ items: [{ ...aMapping().items[0], zoho_id: "t20" }, rows[1]] as never[], choices }));
  user = again("/mapping/taxes");
  await user.click(await screen.findByRole("button", { name: "Save 1 change" }));
  expect(await screen.findByText(/Maren has changed this too/)).toBeVisible();
  expect(page.asked).toEqual([{ match: '"1"', body: { items: [{ source_id: "20", zoho_id: "t20" }] } }]);
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  await expect.poll(() => page.asked[1]?.match).toBe('"2"');
});

test("unsaved rows of a mapping are asked about before they are left", async () => {
  shared("/mappings/taxes", aMapping());
  server.use(answers.get("/mappings/accounts", aMapping()));
  const user = open("/mapping/taxes");
  await user.click(await screen.findByRole("button", { name: "Use VAT 7" }));
  await user.click(screen.getByRole("link", { name: "Income accounts" }));
  expect(await screen.findByRole("dialog", { name: "1 unsaved change" })).toBeVisible();
});

test("the application is saved from the version of the first change, with what else was changed meanwhile", async () => {
  const stands = aConnection({ status: "disconnected" });
  const connection = shared("/connection", stands, "organization_id");
  let user = open("/configuration");
  await user.clear(await screen.findByLabelText("Client ID"));
  await user.type(screen.getByLabelText("Client ID"), "1000.XYZ");
  connection.changeTo({ ...stands, organization_id: "777" });
  user = again("/configuration");
  await user.click(await screen.findByRole("button", { name: "Only save" }));
  expect(await screen.findByText(/Maren has changed this too/)).toBeVisible();
  expect(connection.asked[0]?.match).toBe('"1"');
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  await expect.poll(() => connection.asked[1]).toMatchObject({ match: '"2"', body: { client_id: "1000.XYZ", organization_id: "777" } });
});

test("an organization is chosen from the connection that was shown", async () => {
  const stands = aConnection({ organization_id: null, organization_name: null, issue: { code: "choose_organization", title: "Choose the organization", detail: "", action: "" } as never });
  const connection = shared("/connection", stands);
  server.use(answers.get("/connection/organizations", { items: [{ organization_id: "1", name: "Harbour Hotel", base_currency: "EUR" }] }));
  const user = open("/configuration");
  await user.click(await screen.findByRole("radio", { name: /^Harbour Hotel/ }));
  connection.changeTo({ ...stands, client_id: "1000.OTHER" });
  await user.click(screen.getByRole("button", { name: "Use this organization" }));
  expect(await screen.findByText(/Maren changed this/)).toBeVisible();
  expect(connection.asked[0]?.match).toBe('"1"');
});

const orders = { auto_sync_new_orders: false, auto_update_orders: false, auto_sync_new_invoices: false, auto_sync_new_payments: false, auto_sync_credit_notes: false, create_sales_orders: true, export_from_date: null };

test("automatic work is saved section by section from the version of the first change", async () => {
  const masters = { auto_sync_new: false, auto_update: false, auto_delete: false };
  const all = { currencies: masters, customers: masters, hotels: masters, room_types: masters, service_products: masters, orders, schedule: { enabled: false } };
  server.use(answers.get("/settings", all));
  const own = Object.fromEntries(Object.entries(all).map(([name, values]) => [name, shared(`/settings/${name}`, values, "auto_sync_new")]));
  let user = open("/configuration/automatic");
  await user.click(await screen.findByRole("checkbox", { name: "Hotels: New" }));
  await user.click(screen.getByRole("checkbox", { name: "Currencies: New" }));
  own.currencies?.changeTo({ ...masters, auto_delete: true });
  user = again("/configuration/automatic");
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByText(/Maren has changed this too/)).toBeVisible();
  expect(own.currencies?.asked.map((one) => one.match)).toEqual(['"1"']);
  expect(own.hotels?.asked.map((one) => one.match)).toEqual(['"1"']);
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  await expect.poll(() => own.currencies?.asked[1]).toMatchObject({ match: '"2"', body: { auto_delete: true } });
  expect(own.hotels?.asked).toHaveLength(1);
});

test("Start saves each choice from the version that it was made from", async () => {
  const kinds = ["items", "accounts", "taxes", "payment-modes", "deposit-accounts", "tags", "locations"];
  const pages = Object.fromEntries(kinds.map((kind) => [kind, shared(`/mappings/${kind}`, aMapping({ items: [] }))]));
  const section = shared("/settings/currencies", { multi_currency: false });
  pages.taxes?.changeTo(aMapping());
  server.use(
    answers.get("/overview", { ...anOverview, guide: { steps: [aStep("map", "open")] } }),
    answers.get("/settings", { currencies: { multi_currency: false } }),
    answers.get("/records/orders", aPage([], { matching: { status: {}, phase: { order_sync: { count: 1, amounts: [{ currency: "JPY", count: 1, total: "5", due: "0" }] } } } as never })),
  );
  const user = open("/start?step=map");
  await user.click(await screen.findByRole("checkbox", { name: "Post documents in foreign currencies" }));
  const table = await screen.findByRole("region", { name: "Taxes" });
  await expect.poll(() => (within(table).getAllByRole("combobox")[0] as HTMLInputElement).value).toContain("VAT 7");
  pages.taxes?.changeTo(aMapping());
  await user.click(screen.getByRole("button", { name: "Save and go on" }));
  expect(await screen.findByText(/Maren has changed this too/)).toBeVisible();
  expect(pages.taxes?.asked.map((one) => one.match)).toEqual(['"2"']);
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  await expect.poll(() => pages.taxes?.asked[1]?.match).toBe('"3"');
  await expect.poll(() => section.asked[0]).toMatchObject({ match: '"1"', body: { multi_currency: true } });
});
