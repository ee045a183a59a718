import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { ClosedMonth, Difference, Reconciliation } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { answers, held, server } from "@/test/server";
import "@/features/reconciliation/ReconciliationPage"; // fetched before the clock of a test runs

const page = "/reconciliation?from=2026-02-01&to=2026-02-28";
const one = { count: 1, amount: "100.10" };

const aDifference: Difference = {
  kind: "missing",
  flow: "invoice",
  source_id: "7",
  order_id: "12",
  title: "Invoice #LK000007",
  detail: "It was posted, and no longer exists in Zoho Books.",
  zoho_id: "46000000000001",
  zoho_url: null,
  qloapps: null,
  posted: null,
  zoho: null,
  action: { verb: "open", label: "Look", path: null, body: null },
};

const found = (change: Partial<Reconciliation> = {}): Reconciliation => ({
  from: "2026-02-01",
  to: "2026-02-28",
  as_of: new Date().toISOString(),
  complete: true,
  read_to: "2026-02-28",
  rows: [{ day: "2026-02-03", hotel: "Harbour", currency: "USD", tax: "4", payment_mode: "", kind: "invoice", qloapps: one, posted: one, zoho: one }],
  differences: [],
  ...change,
});

const month = (change: Partial<ClosedMonth> = {}): ClosedMonth => ({ month: "2026-02", state: "agrees", differences: 0, closed_at: null, closed_by: null, reason: null, sums: [], accepted: [], drift_count: 0, drifts: [], ...change });

const closed = (change: Partial<ClosedMonth> = {}) => month({ state: "closed", closed_at: "2026-03-02T09:00:00Z", closed_by: "Ada Holt", reason: "As the bank says.", ...change });

test("a month is closed with a reason for it and one for each difference that stays", async () => {
  const sent: unknown[] = [];
  server.use(
    answers.get("/reconciliation", found({ differences: [aDifference] })),
    answers.get("/periods", { items: [month()] }),
    answers.post("/periods/2026-02/close", (body) => {
      sent.push(body);
      server.use(answers.get("/periods", { items: [closed({ accepted: [{ kind: "missing", flow: "invoice", source_id: "7", zoho_id: "46000000000001", title: "Invoice #LK000007", detail: "", reason: "Written off." }] })] }));
      return [closed()];
    }),
  );
  const user = open(page, "accountant");
  await user.click(await screen.findByRole("button", { name: "Close the month" }));
  const dialog = await screen.findByRole("dialog", { name: "Close February 2026?" });
  expect(within(dialog).getByRole("table", { name: "What is agreed" })).toHaveTextContent("100.10");
  await expectAccessible();
  await user.click(within(dialog).getByRole("button", { name: "Close the month" }));
  expect(within(dialog).getAllByText("Write why.")).toHaveLength(2);
  await user.type(within(dialog).getByRole("textbox", { name: /Invoice #LK000007/ }), "Written off.");
  await user.type(within(dialog).getByRole("textbox", { name: "Why the month is final" }), "As the bank says.");
  await user.click(within(dialog).getByRole("button", { name: "Close the month" }));
  await waitFor(() => expect(sent).toEqual([{ reason: "As the bank says.", accept: [{ kind: "missing", flow: "invoice", source_id: "7", zoho_id: "46000000000001", reason: "Written off." }] }]));
  expect(await screen.findByText(/February 2026 was closed by Ada Holt/)).toBeVisible();
  expect(screen.getByText("Invoice #LK000007: Written off.")).toBeVisible();
});

test("what changed after closing is named with its day and both amounts, and the month is opened again with a reason", async () => {
  let reopened: unknown;
  server.use(
    answers.get("/reconciliation", found()),
    answers.get("/periods", {
      items: [closed({ drift_count: 1, drifts: [{ flow: "invoice", source_id: "7", title: "Invoice #LK000007", number: "LK7", order_id: "12", zoho_id: "46", zoho_url: null, day: "2026-02-03", currency: "USD", was: "100.10", now: "120.00", detail: "Zoho Books: 120.00 instead of 100.10.", found_at: "2026-03-09T09:00:00Z" }] })],
    }),
    http.delete("*/api/v1/periods/2026-02/close", async ({ request }) => {
      reopened = await request.json();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const user = open(page, "accountant");
  expect(await screen.findByRole("heading", { name: "1 document changed after closing" })).toBeVisible();
  const row = screen.getByRole("row", { name: /Invoice #LK000007/ });
  for (const text of ["03 Feb 2026", "100.10", "120.00", "Zoho Books: 120.00 instead of 100.10."]) expect(row).toHaveTextContent(text);
  expect(screen.queryByRole("button", { name: "Close the month" })).toBeNull();
  await expectAccessible();
  await user.click(screen.getByRole("button", { name: "Open the month again" }));
  const dialog = await screen.findByRole("dialog", { name: "Open February 2026 again?" });
  await user.type(within(dialog).getByRole("textbox"), "To be corrected");
  await user.click(within(dialog).getByRole("button", { name: "Open the month again" }));
  await waitFor(() => expect(reopened).toEqual({ reason: "To be corrected" }));
});

test("a viewer sees that a month can be closed, and may not", async () => {
  server.use(answers.get("/reconciliation", found()), answers.get("/periods", { items: [month()] }));
  open(page, "viewer");
  expect(await screen.findByRole("button", { name: "Close the month" })).toHaveAttribute("aria-disabled", "true");
});

test("a month is not closed by the figures of another that is still shown", async () => {
  const late = held("/reconciliation");
  server.use(answers.get("/reconciliation", found()), answers.get("/periods", { items: [month()] }));
  const user = open(page, "accountant");
  expect(await screen.findByText("February 2026 is open")).toBeVisible();
  server.use(late.handler);
  await user.click(screen.getByRole("button", { name: "Last month" }));
  await expect.poll(() => late.waiting.length).toBe(1);
  expect(screen.queryByRole("button", { name: "Close the month" })).toBeNull();
  late.waiting[0]?.answer(found());
  expect(await screen.findByRole("button", { name: "Close the month" })).toBeVisible();
});
