import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Difference, Reconciliation, ReconciliationRow } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { answers, aPage, aRecord, aRun, server } from "@/test/server";
import { HttpResponse, http } from "msw";
import "@/features/reconciliation/ReconciliationPage"; // fetched before the clock of a test runs

const page = "/reconciliation?from=2026-02-01&to=2026-02-28";
const fig = (count: number, amount: string) => ({ count, amount });

const aRow = (change: Partial<ReconciliationRow> = {}): ReconciliationRow => ({
  day: "2026-02-03",
  hotel: "Harbour",
  currency: "USD",
  tax: "4",
  payment_mode: "",
  kind: "invoice",
  qloapps: fig(1, "100.10"),
  posted: fig(1, "100.10"),
  zoho: fig(1, "100.10"),
  ...change,
});

const aSide = (amount: string) => ({ ...fig(1, amount), currency: "USD", day: "2026-02-03", status: "sent", number: "INV-7", balance: null as string | null });

const aDifference = (change: Partial<Difference> = {}): Difference => ({
  kind: "missing",
  flow: "invoice",
  source_id: "7",
  order_id: "12",
  title: "Invoice #LK000007",
  detail: "It was posted, and no longer exists in Zoho Books.",
  zoho_id: "46000000000001",
  zoho_url: "https://books.zoho.eu/app/20001#/invoices/46000000000001",
  qloapps: aSide("100.10"),
  posted: aSide("100.10"),
  zoho: null,
  action: { verb: "recreate", label: "Create it again", path: "/documents/invoice/7/recreate", body: null },
  ...change,
});

const found = (change: Partial<Reconciliation> = {}): Reconciliation => ({
  from: "2026-02-01",
  to: "2026-02-28",
  as_of: new Date().toISOString(),
  complete: true,
  read_to: "2026-03-31",
  rows: [aRow()],
  differences: [],
  ...change,
});

beforeEach(() => {
  server.use(answers.get("/reconciliation", found()));
});

test("a clean month says so plainly", async () => {
  open(page, "accountant");
  expect(await screen.findByRole("heading", { name: "February 2026 agrees to the cent" })).toBeVisible();
  expect(screen.getByText(/1 document: the same in QloApps, as posted and in Zoho Books/)).toBeVisible();
  expect(screen.queryByRole("heading", { name: "Differences" })).toBeNull();
  await expectAccessible();
});

test("a month of which only a part was read claims nothing about the rest", async () => {
  server.use(answers.get("/reconciliation", found({ complete: false, read_to: "2026-03-12" })));
  open(page, "accountant");
  expect(await screen.findByText("Partial")).toBeVisible();
  expect(screen.getByText(/Read up to 12 Mar 2026\./)).toBeVisible();
  expect(screen.getByRole("heading", { name: "Nothing is known to differ in February 2026" })).toBeVisible();
});

test("sums that no document explains are neither called a difference nor agreement", async () => {
  server.use(answers.get("/reconciliation", found({ rows: [aRow(), aRow({ day: "2026-02-27", zoho: fig(0, "0.00") })] })));
  open(page, "accountant");
  const title = await screen.findByRole("heading", { name: "No document of February 2026 is known to differ, but the sums do" });
  expect(title.closest("[data-tone]")).toHaveAttribute("data-tone", "open");
  expect(screen.getByText(/newer than this reading.*Press Refresh from Zoho Books/)).toBeVisible();
  expect(screen.queryByText(/0 differences/)).toBeNull();
});

test("days that nobody read ask to be read", async () => {
  server.use(answers.get("/reconciliation", found({ complete: false, as_of: null, rows: [] })));
  open(page, "accountant");
  expect(await screen.findByText("Not read yet")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Nothing is dated in February 2026" })).toBeVisible();
});

test("totals are exact, by kind, and never across currencies", async () => {
  server.use(
    answers.get(
      "/reconciliation",
      found({
        rows: [aRow(), aRow({ day: "2026-02-04", qloapps: fig(2, "0.20"), posted: fig(2, "0.20"), zoho: fig(1, "0.10") }), aRow({ currency: "EUR" }), aRow({ kind: "payment" })],
        differences: [aDifference()],
      }),
    ),
  );
  open(page, "accountant");
  const table = await screen.findByRole("table", { name: "Totals" });
  const rows = within(table).getAllByRole("row").slice(1).map((row) => row.textContent);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain("EUR");
  expect(rows[1]).toContain("3 × 100.30");
  expect(rows[1]).toContain("Zoho Books: 0.10 USD less");
  expect(rows[1]).toContain("Zoho Books: 1 document fewer");
  expect(rows[2]).toContain("Payments");
  expect(rows[2]).toContain("Agrees");
});

test("a difference shows each side, leads to record and document, and is cured with a reason", async () => {
  const posted: unknown[] = [];
  server.use(
    answers.get("/reconciliation", found({ differences: [aDifference()] })),
    answers.post("/documents/invoice/7/recreate", (body) => {
      posted.push(body);
      return [aRun({ id: "9" })];
    }),
  );
  const user = open(page, "accountant");
  const item = await screen.findByRole("article", { name: "Missing: Invoice #LK000007" });
  expect(within(item).getByRole("link", { name: "Invoice #LK000007" })).toHaveAttribute("href", "/synchronization/orders?record=12");
  expect(within(item).queryByRole("link", { name: /In Zoho Books/ })).toBeNull(); // it stands there no more
  expect(within(item).getByText("nothing")).toBeVisible();
  await expectAccessible();
  await user.click(within(item).getByRole("button", { name: "Create it again: Invoice #LK000007" }));
  const dialog = await screen.findByRole("dialog", { name: "Create it again: Invoice #LK000007?" });
  await user.click(within(dialog).getByRole("button", { name: "Create it again" }));
  expect(posted).toEqual([]);
  await user.type(within(dialog).getByRole("textbox"), "Deleted by mistake");
  await user.click(within(dialog).getByRole("button", { name: "Create it again" }));
  await expect.poll(() => posted).toEqual([{ reason: "Deleted by mistake" }]);
  expect(await within(item).findByText(/Asked for/)).toBeVisible();
  await waitFor(() => expect(within(item).getByText(/Asked for/)).toHaveFocus());
});

test("another number in Zoho Books is taken over by an accountant", async () => {
  const posted: unknown[] = [];
  const renamed = aDifference({
    kind: "different",
    detail: "Its number is INV-77 there, and was posted as LK000007. No amount moved. Recreate on the document puts it back as it was posted.",
    zoho: aSide("100.10"),
    action: { verb: "take-change", label: "Take the change over", path: "/documents/invoice/7/take-change", body: null },
  });
  server.use(
    answers.get("/reconciliation", found({ differences: [renamed] })),
    answers.post("/documents/invoice/7/take-change", (body) => {
      posted.push(body);
      return [{}];
    }),
  );
  const user = open(page, "accountant");
  const item = await screen.findByRole("article", { name: "Different: Invoice #LK000007" });
  await user.click(within(item).getByRole("button", { name: "Take the change over: Invoice #LK000007" }));
  const dialog = await screen.findByRole("dialog", { name: "Take the change over: Invoice #LK000007?" });
  await user.type(within(dialog).getByRole("textbox"), "Their series");
  await user.click(within(dialog).getByRole("button", { name: "Take the change over" }));
  await expect.poll(() => posted).toEqual([{ reason: "Their series" }]);
  expect(await within(item).findByText(/Asked for/)).toBeVisible();
});

test("an operator is told who may take a change over", async () => {
  const renamed = aDifference({ kind: "different", zoho: aSide("100.10"), action: { verb: "take-change", label: "Take the change over", path: "/documents/invoice/7/take-change", body: null } });
  server.use(answers.get("/reconciliation", found({ differences: [renamed] })));
  const user = open(page, "operator");
  const button = await screen.findByRole("button", { name: "Take the change over: Invoice #LK000007" });
  await user.hover(button);
  expect(await screen.findByText("Ask an administrator for the Accountant role.")).toBeInTheDocument();
});

test("pairing an orphan is confirmed first, and a refusal stays where it was asked", async () => {
  const posted: unknown[] = [];
  const orphan = aDifference({ kind: "orphan", action: { verb: "pair", label: "Pair the record with it", path: "/documents/invoice/7/pair", body: { zoho_id: "46" } } });
  server.use(
    answers.get("/reconciliation", found({ differences: [orphan] })),
    answers.post("/documents/invoice/7/pair", (body) => {
      posted.push(body);
      return [{ code: "already_paired", detail: "It stands for another invoice." }, 409];
    }),
  );
  const user = open(page, "accountant");
  await user.click(await screen.findByRole("button", { name: /Pair the record with it/ }));
  const dialog = await screen.findByRole("dialog");
  expect(posted).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Pair the record with it" }));
  expect(await within(dialog).findByText("It stands for another invoice.")).toBeVisible();
  expect(posted).toEqual([{ zoho_id: "46" }]);
});

test("what only a person can do in Zoho Books is no button", async () => {
  const twin = aDifference({ kind: "duplicate", zoho: aSide("100.10"), action: { verb: "open", label: "Compare both in Zoho Books and delete the double", path: null, body: null } });
  server.use(answers.get("/reconciliation", found({ differences: [twin] })));
  open(page, "accountant");
  const item = await screen.findByRole("article", { name: "Doubled: Invoice #LK000007" });
  expect(within(item).getByText("Compare both in Zoho Books and delete the double")).toBeVisible();
  expect(within(item).getByRole("link", { name: /In Zoho Books/ })).toHaveAttribute("target", "_blank");
  expect(within(item).queryByRole("button")).toBeNull();
});

test("Refresh reads the shown days and shows how far it is", async () => {
  const asked: unknown[] = [];
  const run = aRun({ id: "31", kind: "reconcile", section: null, status: "running", done: 40 });
  server.use(
    answers.post("/reconciliation/refresh", (body) => {
      asked.push(body);
      return [run];
    }),
    answers.get("/runs/31", run),
    answers.get("/runs/31/events", { code: "gone", detail: "" }, 404),
  );
  const user = open(page, "accountant");
  await user.click(await screen.findByRole("button", { name: "Refresh from Zoho Books" }));
  await expect.poll(() => asked).toEqual([{ from: "2026-02-01", to: "2026-02-28" }]);
  expect(await screen.findByText(/Reading both sides/)).toBeVisible();
});

test("a viewer looks but starts nothing", async () => {
  open(page, "viewer");
  expect(await screen.findByRole("button", { name: "Refresh from Zoho Books" })).toHaveAttribute("aria-disabled", "true");
});

test("hotel and days stand in the address, and days backwards are said", async () => {
  const asked: string[] = [];
  server.use(
    answers.get("/records/hotels", aPage([aRecord({ source_id: "1", name: "Harbour" }), aRecord({ source_id: "2", name: "Hill" })])),
    http.get("http://qlobooks.test/api/v1/reconciliation", ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(found());
    }),
  );
  const user = open(page, "accountant");
  await user.click(await screen.findByRole("combobox", { name: "Hotel" }));
  await user.click(await screen.findByRole("option", { name: "Hill" }));
  await waitFor(() => expect(window.location.search).toBe("?from=2026-02-01&to=2026-02-28&hotel=2"));
  await expect.poll(() => asked.at(-1)).toBe("?from=2026-02-01&to=2026-02-28&hotel=2");
  await user.clear(screen.getByLabelText("To"));
  await user.type(screen.getByLabelText("To"), "2026-01-05");
  expect(await screen.findByText("This day is before the first one.")).toBeVisible();
});

test("the file is asked for with the person's credentials", async () => {
  const asked: (string | null)[] = [];
  const made = vi.fn(() => "blob:file");
  Object.assign(URL, { createObjectURL: made, revokeObjectURL: () => undefined });
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  server.use(
    http.get("http://qlobooks.test/api/v1/reconciliation", ({ request }) => {
      if (!request.url.includes("format=csv")) return HttpResponse.json(found());
      asked.push(request.headers.get("Authorization"));
      return new HttpResponse("part,day\n", { headers: { "Content-Type": "text/csv" } });
    }),
  );
  const user = open(page, "viewer");
  await user.click(await screen.findByRole("button", { name: "Download CSV" }));
  expect(await screen.findByText("The file was saved.")).toBeVisible();
  expect(asked).toEqual(["Bearer qlb_good"]);
  expect(made).toHaveBeenCalledOnce();
  expect(names).toEqual(["reconciliation-2026-02-01-2026-02-28.csv"]);
  vi.restoreAllMocks();
});

test("only differing days, and the days further apart, on request", async () => {
  server.use(answers.get("/reconciliation", found({ rows: [aRow(), aRow({ day: "2026-02-09", zoho: fig(0, "0.00") })], differences: [aDifference()] })));
  const user = open(page, "accountant");
  const table = await screen.findByRole("table", { name: "Day by day" });
  expect(within(table).getAllByRole("row")).toHaveLength(3);
  await user.click(screen.getByRole("checkbox", { name: "Only days that differ" }));
  await waitFor(() => expect(within(screen.getByRole("table", { name: "Day by day" })).getAllByRole("row")).toHaveLength(2));
  expect(window.location.search).toContain("only=1");
  await user.click(screen.getByRole("checkbox", { name: "Also by hotel, tax and payment mode" }));
  expect(await screen.findByText("Harbour · tax 4 %")).toBeVisible();
});
