import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { AuditEntry, LogLine } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { aMapping, answers, aPage, aRecord, server } from "@/test/server";
import { beginningOf, endOf } from "./filters";
import "@/features/logs/LogsPage"; // fetched before the clock of a test runs
import "@/features/logs/AuditPage";

const aLine = (change: Partial<LogLine> = {}): LogLine => ({
  id: "5",
  at: "2026-03-01T09:00:00Z",
  ref: "invoice:12",
  also: [],
  record: { section: "orders", source_id: "3", name: "LARKSPUR1" },
  method: "PUT",
  path: "/books/v3/invoices",
  query: "send=false",
  status: 200,
  code: "0",
  ms: 184,
  error: "",
  ...change,
});

const anEntry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: "7",
  at: "2026-03-01T09:00:00Z",
  by: "Maren Holt",
  action: "skip",
  flow: "invoice",
  source_id: "12",
  detail: "Booked by hand",
  changes: [],
  record: { section: "orders", source_id: "3", name: "LARKSPUR1" },
  ...change,
});

/** answers page by page, and remembers what was asked for */
function pages(path: string, ...lists: object[][]) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(`http://qlobooks.test/api/v1${path}`, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const at = Number(query.get("cursor") ?? 0);
      return HttpResponse.json({ items: lists[at] ?? [], next_cursor: at + 1 < lists.length ? String(at + 1) : null });
    }),
  );
  return asked;
}

test("each call says what, how it ended and for which record", async () => {
  pages("/logs", [aLine(), aLine({ id: "4", status: 0, error: "outcome_unknown", ref: "run:9", record: null, path: "/books/v3/items" })]);
  open("/logs", "viewer");
  const lines = within(await screen.findByRole("list", { name: "Calls to Zoho Books" })).getAllByRole("listitem");
  expect(lines[0]).toHaveTextContent("PUT /invoices");
  expect(lines[0]).toHaveTextContent("200");
  expect(within(lines[0] as HTMLElement).getByRole("link", { name: "LARKSPUR1" })).toHaveAttribute("href", "/synchronization/orders?record=3");
  expect(lines[1]).toHaveTextContent("No answer · Outcome unknown");
  expect(within(lines[1] as HTMLElement).getByRole("link", { name: "Run 9" })).toHaveAttribute("href", "/runs/9");
  await expectAccessible();
});

test("more lines follow page by page", async () => {
  const many = Array.from({ length: 100 }, (_, at) => aLine({ id: String(1000 - at) }));
  const asked = pages("/logs", many.slice(0, 20), many.slice(20));
  open("/logs", "viewer");
  expect(await screen.findByText("100 lines loaded")).toBeVisible();
  expect(asked.map((query) => query.get("cursor"))).toEqual([null, "1"]);
});

test("filters stand in the address and reach the API", async () => {
  const asked = pages("/logs", [aLine()]);
  const user = open("/logs?ref=invoice:12", "viewer");
  expect(await screen.findByText("Only calls for invoice:12")).toBeVisible();
  await user.click(screen.getByRole("combobox", { name: "Outcome" }));
  await user.click(await screen.findByRole("option", { name: "Failed" }));
  await waitFor(() => expect(new URLSearchParams(window.location.search).get("status")).toBe("failed"));
  await expect.poll(() => asked.at(-1)?.get("status")).toBe("failed");
  expect(asked.at(-1)?.get("ref")).toBe("invoice:12");
});

test("an accountant reads the bodies, laid out and with every digit", async () => {
  pages("/logs", [aLine()]);
  server.use(answers.get("/logs/5", { ...aLine(), request: '{"rate":94.50}', response: null }));
  const user = open("/logs", "accountant");
  await user.click(await screen.findByRole("link", { name: "Show the call PUT /invoices" }));
  const drawer = await screen.findByRole("dialog", { name: "PUT /invoices" });
  expect((await within(drawer).findByLabelText("Sent", { selector: "pre" })).textContent).toBe('{\n  "rate": 94.50\n}');
  expect(within(drawer).getByText("Nothing, or it is no longer kept.")).toBeVisible();
  await expectAccessible(drawer);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(window.location.search).toBe("");
});

test("an operator is told why the bodies are not shown, and they are not asked for", async () => {
  pages("/logs", [aLine()]); // an unexpected request for the bodies would fail the test
  open("/logs?call=5", "operator");
  const drawer = await screen.findByRole("dialog");
  expect(await within(drawer).findByText(/shown to accountants and administrators/)).toBeVisible();
});

test("times are the hotel's from the first moment of the next visit, also while its zone cannot be read", async () => {
  pages("/logs", [aLine()]);
  open("/logs", "viewer");
  expect(await screen.findByText("01 Mar 2026, 14:30")).toBeVisible(); // in Kolkata
  cleanup();
  server.use(answers.get("/overview", { code: "database_down", detail: "The database is down." }, 503));
  open("/logs", "viewer");
  expect(await screen.findByText(/^01 Mar 2026, /)).toHaveTextContent("01 Mar 2026, 14:30");
});

test("an empty log says whether the filters are why", async () => {
  pages("/logs", []);
  open("/logs", "viewer");
  expect(await screen.findByRole("heading", { name: "No call was made yet" })).toBeVisible();
});

test("a log that cannot be read says so and is tried again", async () => {
  server.use(answers.get("/logs", { code: "unavailable", detail: "The database is down." }, 422));
  const user = open("/logs", "viewer");
  expect(await screen.findByText("The database is down.")).toBeVisible();
  pages("/logs", [aLine()]);
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("1 line loaded")).toBeVisible();
});

test("the audit trail says who did what, why, and what it was before", async () => {
  const asked = pages("/audit", [
    anEntry(),
    anEntry({ id: "5", action: "send_again", flow: "", source_id: "", record: null, detail: "Run 7, Mapping" }),
    anEntry({ id: "11", action: "sync", flow: "", source_id: "", record: null, detail: "Run 8, service-products" }),
    anEntry({ id: "12", action: "mapping", flow: "", source_id: "", record: null, detail: "Changed 2 rows of the mapping of deposit-accounts." }),
    anEntry({ id: "6", action: "settings", flow: "", source_id: "", record: null, detail: "Changed the settings of orders.", changes: [{ field: "rounding_limit", before: "5", after: "10" }, { field: "export_from_date", before: "null", after: '"2026-01-01"' }, { field: "create_sales_orders", before: "true", after: "false" }] }),
    anEntry({ id: "10", action: "settings", flow: "", source_id: "", record: null, detail: "Changed the settings of payments.", changes: [{ field: "default_deposit_account_id", before: '"460000000000358"', after: '"460000000000999"' }, { field: "statement_grouping", before: '"daily"', after: '"monthly"' }] }),
    anEntry({ id: "8", action: "settings", flow: "", source_id: "", record: null, detail: "Changed the settings of hotels.", changes: [{ field: "ignored_hotels", before: "[]", after: '["1","7"]' }] }),
    anEntry({ id: "9", action: "settings", flow: "", source_id: "", record: null, detail: "Changed the settings of access.", changes: [{ field: "profile_roles", before: "{}", after: '{"4":"accountant"}' }] }),
  ]);
  server.use(
    answers.get("/mappings/deposit-accounts", aMapping({ choices: [{ zoho_id: "460000000000358", zoho_name: "Operating account", detail: "" }] })),
    answers.get("/records/hotels", aPage([aRecord({ source_id: "1", name: "Harbour" })])),
  );
  const user = open("/logs/audit", "viewer");
  const list = await screen.findByRole("list", { name: "What people did" });
  const skip = within(list).getAllByRole("listitem")[0] as HTMLElement;
  expect(skip).toHaveTextContent("Maren Holt");
  expect(skip).toHaveTextContent("Skipped");
  expect(skip).toHaveTextContent("Booked by hand");
  expect(list).toHaveTextContent("Changed the settings of Orders.");
  expect(list).toHaveTextContent("Send again");
  expect(within(list).getByRole("link", { name: "Run 8" })).toHaveAttribute("href", "/runs/8");
  expect(list).toHaveTextContent("Run 8, Service Products");
  expect(list).toHaveTextContent("Changed 2 rows of the mapping of Deposit accounts.");
  const lines = () => screen.getAllByRole("list", { name: "What changed" }).map((one) => within(one).getAllByRole("listitem").map((line) => line.textContent));
  await within(list).findByText(/Operating account/);
  await within(list).findByText(/Harbour/);
  expect(lines()).toEqual([
    ["Rounding limit: before 5 after 10", "Export from: before nothing after 2026-01-01", "Create sales orders: before on after off"],
    ["Default deposit account: before Operating account (460000000000358) after 460000000000999", "Group statements: before By day after By month"],
    ["Ignored hotels: before nothing after Harbour (1), 7"],
    ["Profiles: before nothing after 4: Accountant"],
  ]);
  await expectAccessible();
  await user.type(screen.getByLabelText("By"), "Maren");
  await expect.poll(() => asked.at(-1)?.get("by")).toBe("Maren");
  expect(window.location.search).toBe("?by=Maren");
});

test("a day of the filter is a day of the hotel", () => {
  expect(beginningOf("2026-03-01", "Asia/Kolkata")).toBe("2026-02-28T18:30:00.000Z");
  expect(endOf("2026-03-01", "Asia/Kolkata")).toBe("2026-03-01T18:30:00.000Z");
  expect(beginningOf("2026-03-29", "Europe/Berlin")).toBe("2026-03-28T23:00:00.000Z");
  expect(endOf("2026-03-29", "Europe/Berlin")).toBe("2026-03-29T22:00:00.000Z");
});
