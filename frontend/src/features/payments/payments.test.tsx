import { fireEvent, screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { open } from "@/test/open";
import "./PaymentsPage"; // fetched before the tests begin to wait for it
import { aDetail, aDocument, answers, aPage, aRecord, aRun, server } from "@/test/server";
import type { ImportedPage, ImportedPayment } from "./payments.api";

const payment = (change: Partial<ImportedPayment> = {}): ImportedPayment => ({
  id: "460000000050001",
  number: "17",
  zoho_url: "https://books.zoho.eu/app/20001#/paymentsreceived/460000000050001",
  date: "2026-03-01",
  currency: "USD",
  amount: "1199.68",
  payment_mode: "Bank Transfer",
  reference: "WIRE-77",
  contact: "Owen Fairfax",
  status: "waiting",
  shares: [],
  came: "0.00",
  rest: { amount: "1199.68", detail: "1199.68 are unused in Zoho Books." },
  zoho: { gone: false, applied: [], elsewhere: "0.00", unused: "1199.68", refunded: "0.00" },
  to_apply: [],
  issue: { code: "import_unclear", title: "Not certain", detail: "It is applied to no invoice.", action: "Assign it." },
  ...change,
});

const page = (items: ImportedPayment[]): ImportedPage => {
  const counts: Record<string, number> = {};
  for (const one of items) counts[one.status] = (counts[one.status] ?? 0) + 1;
  return { items, next_cursor: null, counts };
};

const done = payment({ id: "460000000050002", number: "18", status: "imported", issue: null, came: "1199.68", rest: null, zoho: { gone: false, applied: [], elsewhere: "0.00", unused: "0.00", refunded: "0.00" }, shares: [{ order_id: "10", invoice_id: "8", amount: "1199.68", payment_id: "61" }] });

test("each payment tells its state, its cause and its order", async () => {
  server.use(answers.get("/payments/imported", page([payment(), done])));
  open("/payments");
  const list = await screen.findByRole("list", { name: "Payments" });
  expect(list).toHaveTextContent("It is applied to no invoice. Assign it.");
  expect(list).toHaveTextContent("1,199.68 USD");
  expect(list).toHaveTextContent("01 Mar 2026");
  expect(within(list).getByRole("link", { name: "Order 10" })).toHaveAttribute("href", "/synchronization/orders?record=10");
  expect(within(list).queryByRole("button", { name: "Assign payment 18" })).toBeNull();
});

test("a waiting payment is assigned to an order and one of its invoices", async () => {
  const sent: unknown[] = [];
  const order = aRecord({ source_id: "10", name: "LARKADVAN", fields: { guest: { text: "Owen Fairfax", url: null }, total: { text: "249.60", url: null }, paid: { text: "49.92", url: null }, currency: { text: "EUR", url: null } } });
  server.use(
    answers.get("/payments/imported", page([payment()])),
    answers.get("/records/orders", aPage([order])),
    answers.get("/records/orders/10", aDetail({ documents: [aDocument({ source_id: "8", title: "Invoice #LK000008" }), aDocument({ source_id: "9", title: "Invoice #LK000009" })] })),
    answers.post("/payments/imported/460000000050001/assign", (body) => {
      sent.push(body);
      if (sent.length === 1) return [{ code: "other_currency", detail: "The payment is in USD, the order in EUR.", errors: [{ field: "order_id", message: "is in another currency" }] }, 409];
      return [done, 200];
    }),
  );
  const user = open("/payments");
  await user.click(await screen.findByRole("button", { name: "Assign payment 17" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Write to QloApps" }));
  expect(within(dialog).getByText("Choose the order it belongs to.")).toBeVisible();
  await user.type(within(dialog).getByLabelText(/^Order/), "LARKADV");
  await user.click(await within(dialog).findByRole("radio", { name: /LARKADVAN/ }));
  expect(within(dialog).getByText(/total 249.60 EUR, paid 49.92. The payment is in USD, the order in EUR./)).toBeVisible();
  await user.click(await within(dialog).findByRole("combobox", { name: "Invoice" }));
  await user.click(await screen.findByRole("option", { name: /#LK000009/ }));
  await user.click(within(dialog).getByRole("button", { name: "Write to QloApps" }));
  expect(await within(dialog).findByText("is in another currency")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Write to QloApps" }));
  expect(await screen.findByText("Payment 17 stands in QloApps on order LARKADVAN.")).toBeVisible();
  expect(sent).toEqual([{ order_id: "10", invoice_id: "9" }, { order_id: "10", invoice_id: "9" }]);
});

test("what may not be meant is asked once, and a payment that changed is left with a reason", async () => {
  const sent: unknown[] = [];
  const order = aRecord({ source_id: "10", name: "LARKADVAN", fields: { guest: { text: "Owen Fairfax", url: null } } });
  const odd = payment({ id: "460000000050003", number: "19", status: "changed", came: "24.00", issue: { code: "payment_changed", title: "Changed", detail: "QloApps has 24.00, Zoho Books 4.00.", action: "" } });
  server.use(
    answers.get("/payments/imported", page([payment(), odd])),
    answers.get("/records/orders", aPage([order])),
    answers.get("/records/orders/10", aDetail({ documents: [] })),
    answers.post("/payments/imported/460000000050001/assign", (body) => {
      sent.push(body);
      if (sent.length === 1) return [{ code: "other_guest", detail: "The payment is of A, the order of B." }, 409];
      return [done, 200];
    }),
    answers.post("/payments/imported/460000000050003/handled", (body) => {
      sent.push(body);
      return [odd, 200];
    }),
  );
  const user = open("/payments");
  await user.click(await screen.findByRole("button", { name: "Assign payment 17" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText(/^Order/), "LARKADV");
  await user.click(await within(dialog).findByRole("radio", { name: /LARKADVAN/ }));
  await user.click(within(dialog).getByRole("button", { name: "Write to QloApps" }));
  expect(await within(dialog).findByText("The payment is of A, the order of B.")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Yes, write it all the same" }));
  await expect.poll(() => sent).toEqual([{ order_id: "10" }, { order_id: "10", confirm: true }]);
  await user.click(await screen.findByRole("button", { name: "Leave payment 19 as it is" }));
  await user.type(await screen.findByLabelText(/Reason/), "The desk knows");
  await user.click(screen.getByRole("button", { name: "Leave it" }));
  await expect.poll(() => sent.at(-1)).toEqual({ reason: "The desk knows" });
});

test("importing all is confirmed with what it reads; importing new is not", async () => {
  const sent: unknown[] = [];
  server.use(
    answers.get("/settings", { schedule: { enabled: false }, payments: { import_from_date: "2026-01-01" } }),
    answers.get("/payments/imported", page([])),
    answers.post("/payments/import", (body) => {
      sent.push(body);
      return [aRun({ kind: "import" })];
    }),
  );
  const user = open("/payments", "accountant");
  expect(await screen.findByText("No payment was read from Zoho Books yet")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Import new payments" }));
  await user.click(screen.getByRole("button", { name: "Import all" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("dated 01 Jan 2026 or later");
  await user.click(within(dialog).getByRole("button", { name: "Import all" }));
  await expect.poll(() => sent).toEqual([{ scope: "new" }, { scope: "all" }]);
});

test("a state is chosen by its address", async () => {
  const asked: string[] = [];
  server.use(
    http.get("http://qlobooks.test/api/v1/payments/imported", ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(page([payment(), done]));
    }),
  );
  const user = open("/payments");
  await user.click(await screen.findByRole("button", { name: /Waiting for a person/ }));
  await expect.poll(() => asked.at(-1)).toContain("status=waiting");
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-03-01" } });
  await expect.poll(() => asked.at(-1)).toContain("from=2026-03-01");
  const files: (string | null)[] = [];
  server.use(
    http.get("http://qlobooks.test/api/v1/payments/imported", ({ request }) => {
      const search = new URL(request.url).search;
      if (!search.includes("format=csv")) return HttpResponse.json(page([payment(), done]));
      files.push(search, request.headers.get("Authorization"));
      return new HttpResponse("id,amount\n", { headers: { "Content-Type": "text/csv" } });
    }),
  );
  const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:1", revokeObjectURL: () => {} }));
  await user.click(screen.getByRole("button", { name: "As a file" }));
  await expect.poll(() => saved.mock.instances.map((link) => (link as unknown as HTMLAnchorElement).download)).toEqual(["payments.csv"]);
  expect(files).toEqual(["?format=csv&status=waiting&from=2026-03-01", "Bearer qlb_good"]);
  vi.restoreAllMocks();
  expect(await screen.findByText(/It is not certain which order it belongs to/)).toBeVisible();
});

test("statements add up what was imported, by month when the settings say so, page by page with the totals of all", async () => {
  const line = { currency: "USD", payment_mode: "Bank Transfer", link: "/payments?from=2026-03-01&to=2026-03-31" };
  const totals = [{ currency: "USD", count: 5, amount: "1600.00" }];
  server.use(
    http.get("*/payments/statements", ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor");
      if (cursor === "older") return HttpResponse.json({ grouping: "monthly", items: [{ ...line, period: "2026-02-01", count: 2, amount: "40.00" }], next_cursor: null, totals });
      return HttpResponse.json({ grouping: "monthly", items: [{ ...line, period: "2026-03-01", count: 3, amount: "1560.00" }], next_cursor: "older", totals });
    }),
  );
  open("/payments/statements", "viewer");
  const row = await screen.findByRole("row", { name: /March 2026 Bank Transfer 3 1,560.00 USD/ });
  expect(row).toBeVisible();
  expect(screen.getByRole("row", { name: /Of all lines 5 1,600.00 USD/ })).toBeVisible();
  expect(screen.getByText("Added up by month.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Import new payments" })).toHaveAttribute("aria-disabled", "true");
  fireEvent.click(screen.getByRole("button", { name: "Show older lines" }));
  expect(await screen.findByRole("row", { name: /February 2026 Bank Transfer 2 40.00 USD/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show older lines" })).toBeNull();
});

test.each([
  ["/payments", "/payments/imported", page([payment()])],
  ["/payments/statements", "/payments/statements", { grouping: "daily", items: [], next_cursor: null, totals: [] }],
])("%s is narrowed to a hotel and a guest, and is still there when nothing matches", async (address, path, answer) => {
  const asked: string[] = [];
  server.use(
    answers.get("/records/hotels", aPage([aRecord({ source_id: "7", name: "Harbour" })])),
    answers.get("/records/customers", aPage([aRecord({ source_id: "3", name: "Owen Fairfax" })])),
    answers.get("/records/customers/3", { ...aRecord({ source_id: "3", name: "Owen Fairfax" }), documents: [] }),
    http.get(`http://qlobooks.test/api/v1${path}`, ({ request }) => {
      const search = new URL(request.url).searchParams;
      asked.push(search.toString());
      return HttpResponse.json(search.has("customer") ? { ...answer, items: [], counts: {} } : answer);
    }),
  );
  const user = open(address);
  await user.click(await screen.findByRole("combobox", { name: "Hotel" }));
  await user.click(await screen.findByRole("option", { name: "Harbour" }));
  await expect.poll(() => asked.at(-1)).toContain("hotel=7");
  await user.type(screen.getByRole("combobox", { name: "Guest" }), "fairf");
  await user.click(await screen.findByRole("option", { name: "Owen Fairfax (3)" }));
  await expect.poll(() => asked.at(-1)).toContain("customer=3");
  expect(asked.at(-1)).toContain("hotel=7");
  expect(await screen.findByText("No payment matches.")).toBeVisible();
  expect(screen.getByRole("combobox", { name: "Guest" })).toHaveValue("Owen Fairfax (3)");
});

test.each(["/payments", "/payments/statements"])("an address of %s that says more than is understood opens", async (address) => {
  const asked: string[] = [];
  const answer = address === "/payments" ? page([payment()]) : { grouping: "daily", items: [], next_cursor: null, totals: [] };
  server.use(
    http.get(`http://qlobooks.test/api/v1${address === "/payments" ? "/payments/imported" : address}`, ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(answer);
    }),
  );
  open(`${address}?view=x&from=yesterday&customer=owen&hotel=7`);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  expect(asked.map((search) => search.replace(/^\?limit=\d+/, ""))).toEqual(asked.map(() => "&hotel=7"));
});
