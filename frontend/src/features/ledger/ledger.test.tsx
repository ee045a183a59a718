import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { GuestLedger } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { answers, aRun, server, stream } from "@/test/server";
import "@/features/ledger/LedgerPage"; // fetched before the clock of a test runs

const sums = { opening: "400.00", billed: "1560.00", earned: "1200.00", closing: "760.00" };

const ledger = (change: Partial<GuestLedger> = {}): GuestLedger => ({
  month: "2026-03",
  enabled: true,
  from: "2026-01-01",
  currency: "USD",
  opening_deferral: "120.00",
  as_of: "2026-03-31T10:00:00Z",
  hotels: [{ hotel: "1", name: "Larkspur House", ...sums }],
  total: sums,
  account: { account_id: "77", journals: "760.00", balance: "770.00", read_at: "2026-03-31T10:00:00Z", difference: "10.00 USD were entered otherwise.", action: "Open the account in Zoho Books." },
  orders: [{ order_id: "42", name: "QLOAAAAAB", ...sums }],
  next_cursor: null,
  journals: [{ source_id: "1:2026-03-30", day: "2026-03-30", status: "held", zoho_id: null, zoho_number: null, zoho_url: null, date: null, amount: null, issue: { code: "module_missing", title: "Missing", detail: "Not allowed.", action: "Connect again." } }],
  ...change,
});

test("a month is shown by hotel, beside the account in Zoho Books", async () => {
  server.use(answers.get("/guest-ledger", ledger()));
  open("/guest-ledger?month=2026-03", "viewer");
  const row = within((await screen.findByRole("row", { name: /Larkspur House/ })));
  for (const amount of ["400.00", "1,560.00", "1,200.00", "760.00"]) expect(row.getByText(amount)).toBeVisible();
  expect(screen.getByText(/10.00 USD were entered otherwise. Open the account in Zoho Books./)).toBeVisible();
  expect(screen.queryByText("QLOAAAAAB")).toBeNull();
  await expectAccessible();
});

test("a hotel shows its orders and its journals, and an order its days", async () => {
  server.use(
    answers.get("/guest-ledger", ledger()),
    answers.get("/guest-ledger/42", { order_id: "42", hotel: "1", currency: "USD", entries: [{ day: "2026-03-05", account_id: "91", billed: "120.00", earned: "0.00", deferred: "120.00" }] }),
  );
  const user = open("/guest-ledger?month=2026-03&hotel=1", "viewer");
  expect(await screen.findByText(/Not allowed. Connect again./)).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "42 QLOAAAAAB" }));
  const days = within(await screen.findByRole("dialog"));
  expect(await days.findByText("05 Mar 2026")).toBeVisible();
});

test("without a first day nothing is reckoned, and the page says where to choose one", async () => {
  server.use(answers.get("/guest-ledger", ledger({ enabled: false, from: null, opening_deferral: null, as_of: null, hotels: [], orders: [], journals: [], account: null })));
  open("/guest-ledger?month=2026-03", "viewer");
  expect(await screen.findByText("Revenue by the night has no first day yet")).toBeVisible();
  expect(screen.getByRole("link", { name: "Configuration, Revenue" })).toHaveAttribute("href", "/configuration/revenue");
});

test("the ledger is read again when a run has changed it", async () => {
  const events = stream("/events");
  server.use(events.handler, answers.get("/guest-ledger", ledger({ as_of: null })));
  open("/guest-ledger?month=2026-03", "accountant");
  const partial = await screen.findByText(/the figures are not whole yet/);
  const run = aRun({ id: "9", kind: "tick", status: "done" });
  server.use(answers.get("/guest-ledger", ledger()), answers.get("/runs", { items: [run], next_cursor: null, counts: { done: 1 } }));
  events.tell("run", run);
  await waitFor(() => expect(partial).not.toBeInTheDocument());
});
