import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { RecordItem } from "@/api/types";
import { open } from "@/test/open";
import { aDetail, aDocument, answers, aPage, aRecord, aRun, server } from "@/test/server";
import { choose } from "@/test/choose";

const held: Partial<RecordItem> = {
  status: "held",
  phase: "payment_sync",
  issue: { code: "negative_payment", title: "Money given back", detail: "The payment by Cash is -20 USD.", action: "Check the payments of the order." },
};

beforeEach(() => {
  server.use(answers.get("/records/currencies", aPage([])), answers.get("/records/hotels", aPage([])));
});

function orders(...items: RecordItem[]) {
  server.use(answers.get("/records/orders", aPage(items)));
}

/** takes what is posted to a path, and answers with it */
function posts(path: string, answer: unknown, status?: number) {
  const bodies: unknown[] = [];
  server.use(
    answers.post(path, (body) => {
      bodies.push(body);
      return [answer, status];
    }),
  );
  return bodies;
}

test("a row says its phase and its cause in words", async () => {
  orders(aRecord({ ...held, name: "LARKPLAIN" }), aRecord({ source_id: "2", name: "LARKNOTE", phase: "synced", notices: [{ code: "tax_differs", detail: "Tax 1.01 against 1.00" }] }));
  open("/synchronization/orders");
  const row = await screen.findByRole("row", { name: /LARKPLAIN/ });
  expect(within(row).getByText("Payment Sync")).toBeVisible();
  expect(within(row).getByText("Money given back")).toBeVisible();
  expect(within(screen.getByRole("row", { name: /LARKNOTE/ })).getByText("Tax differs within the limit")).toBeVisible();
});

test("what a cell has no room for can be read whole", async () => {
  const one = (text: string) => ({ text, url: null });
  orders(aRecord({ name: "LARKLONG", fields: { guest: one("Maximiliane Freifrau von Wolkenstein-Rodenegg"), check_in: one("2026-12-30"), check_out: one("2027-01-02"), total: one("1.00") } as never }));
  open("/synchronization/orders");
  const row = await screen.findByRole("row", { name: /LARKLONG/ });
  for (const words of ["Maximiliane Freifrau von Wolkenstein-Rodenegg", "30 Dec 2026 – 02 Jan 2027"]) {
    expect(within(row).getByText(words)).toBeVisible();
    expect(within(row).getByTitle(words)).toBeVisible();
  }
});

test("what is good to know is said once, at the document that it is of, by a name for it", async () => {
  orders();
  const notice = { code: "guest_gone", detail: "Order LARK1 names customer 5, whom QloApps has not any more." };
  server.use(answers.get("/records/orders/1", aDetail({ notices: [notice, { code: "odd_one", detail: "Of the order alone." }], documents: [aDocument({ notices: [notice] })] })));
  open("/synchronization/orders?record=1");
  const drawer = await screen.findByRole("dialog");
  expect(await within(drawer).findByText(/Of the order alone/)).toBeVisible();
  expect(within(drawer).getAllByText(/whom QloApps has not any more/)).toHaveLength(1);
});

test("Sync on a held order says what will happen before it is tried", async () => {
  orders(aRecord({ ...held, name: "LARKPLAIN" }));
  const retried = posts("/records/orders/1/retry", aRun());
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Sync LARKPLAIN" }));
  const dialog = await screen.findByRole("dialog", { name: "LARKPLAIN is held" });
  expect(dialog).toHaveTextContent("held again, and nothing is posted");
  expect(retried).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Retry now" }));
  await expect.poll(() => retried).toEqual([{ confirm: true }]);
});

test("an order that a person skipped offers Unskip instead of a Sync that would do nothing", async () => {
  orders(aRecord({ status: "skipped", name: "LARKSKIP", issue: { code: "skipped_by_person", title: "Skipped by a person", detail: "", action: "" } }));
  const unskipped = posts("/records/orders/1/unskip", aDetail());
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Sync LARKSKIP" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Unskip" }));
  await expect.poll(() => unskipped.length).toBe(1);
});

test("an order shows its way, every document with its steps, and links into Zoho Books", async () => {
  orders();
  server.use(
    answers.get(
      "/records/orders/1",
      aDetail({
        phase: "payment_sync",
        documents: [
          aDocument({ flow: "credit_note", source_id: "7", key: "credit_note:7", title: "Credit note CN1", steps: [{ name: "apply:46", status: "done" }, { name: "refunded", status: "pending" }] }),
          aDocument({ notices: [{ code: "invoice_stale", detail: "Invoice row 100.00, order 120.00." }] }),
        ],
      }),
    ),
  );
  open("/synchronization/orders?record=1");
  const drawer = await screen.findByRole("dialog");
  const steps = within(await within(drawer).findByRole("list", { name: "Phase of this order" })).getAllByRole("listitem");
  expect(steps.map((step) => step.textContent)).toEqual(["Order Sync: finished", "Invoice Sync: finished", "Payment Sync: next", "Synced: to come"]);
  expect(within(drawer).getAllByRole("article").map((one) => one.getAttribute("aria-label"))).toEqual(["Invoice #LK000001", "Credit note CN1"]);
  const note = within(drawer).getByRole("article", { name: "Credit note CN1" });
  expect(within(note).getByText("Applied to the invoice")).toBeVisible();
  expect(within(note).getByText(/Refunded/)).toHaveTextContent("Refunded: to come");
  const invoice = within(drawer).getByRole("article", { name: "Invoice #LK000001" });
  expect(within(invoice).getByText(/Invoice older than the order/)).toBeVisible();
  expect(within(invoice).getByRole("link", { name: "#LK000001 Open Invoice #LK000001 in Zoho Books" })).toHaveAttribute("target", "_blank");
  expect(within(invoice).getByText("1,560.00")).toBeVisible();
  const figures = (card: HTMLElement) => within(card).getAllByRole("term").map((term) => term.textContent);
  expect(figures(invoice)).toEqual(["Date", "Tax", "Paid", "Total"]);
  expect(figures(note)).toEqual(["Date", "Tax", "Applied", "Total"]);
});

test("a document shows only figures that its kind has", async () => {
  orders();
  server.use(
    answers.get(
      "/records/orders/1",
      aDetail({
        documents: [
          aDocument({ flow: "sales_order", key: "sales_order:1", title: "The order" }),
          aDocument({ flow: "payment", source_id: "3", key: "payment:3", title: "By card" }),
          aDocument({ flow: "payment", source_id: "4", key: "payment:4", title: "Cash back", total: "-20.00" }),
          aDocument({ source_id: "5", key: "invoice:5", title: "Not told", applied: null }),
        ],
      }),
    ),
  );
  open("/synchronization/orders?record=1");
  const drawer = await screen.findByRole("dialog");
  const figures = async (name: string) => within(await within(drawer).findByRole("article", { name })).getAllByRole("term").map((term) => term.textContent);
  expect(await figures("The order")).toEqual(["Date", "Tax", "Total"]);
  expect(await figures("By card")).toEqual(["Date", "Applied", "Total"]);
  expect(await figures("Cash back")).toEqual(["Date", "Total"]);
  expect(await figures("Not told")).toEqual(["Date", "Tax", "Total"]);
});

test("a payment whose invoice nobody asked for can queue its order", async () => {
  orders();
  const queued = posts("/records/orders/1/sync", aRun());
  server.use(
    answers.get(
      "/records/orders/1",
      aDetail({ documents: [aDocument({ flow: "payment", key: "payment:1", title: "Payment 1", status: "blocked", issue: { code: "not_queued", title: "What it belongs to was not asked for", detail: "", action: "Press Queue the order." } })] }),
    ),
  );
  const user = open("/synchronization/orders?record=1");
  await user.click(await screen.findByRole("button", { name: "Queue the order" }));
  await expect.poll(() => queued.length).toBe(1);
});

test("skipping a document needs a reason, and a refusal is shown where it was asked", async () => {
  orders();
  server.use(answers.get("/records/orders/1", aDetail({ documents: [aDocument({ status: "failed" })] })));
  const skipped = posts("/documents/invoice/1/skip", { code: "nothing_changed", detail: "It is being synchronized right now." }, 409);
  const user = open("/synchronization/orders?record=1");
  await choose(user, "More for Invoice #LK000001", "Skip");
  const dialog = await screen.findByRole("dialog", { name: "Skip Invoice #LK000001?" });
  await user.click(within(dialog).getByRole("button", { name: "Skip" }));
  expect(within(dialog).getByText(/Say why/)).toBeVisible();
  expect(skipped).toEqual([]);
  await user.type(within(dialog).getByRole("textbox"), "Booked by hand");
  await user.click(within(dialog).getByRole("button", { name: "Skip" }));
  expect(await within(dialog).findByText("It is being synchronized right now.")).toBeVisible();
  expect(skipped).toEqual([{ reason: "Booked by hand" }]);
});

test("a document whose cause asks a person is released with a reason, and no other one can be", async () => {
  orders();
  const held = { status: "held" as const, issue: { code: "shares_differ", title: "Shares differ", detail: "The payment is 20.00 EUR, its shares 58.00 EUR.", action: "Use Release." } };
  server.use(
    answers.get(
      "/records/orders/1",
      aDetail({ documents: [aDocument({ flow: "payment", source_id: "7", key: "payment:7", title: "Payment 7", releasable: true, ...held }), aDocument({ status: "held" })] }),
    ),
  );
  const released = posts("/documents/payment/7/release", aRun());
  const user = open("/synchronization/orders?record=1");
  await choose(user, "More for Payment 7", "Release");
  const dialog = await screen.findByRole("dialog", { name: "Release Payment 7?" });
  await user.type(within(dialog).getByRole("textbox"), "The bank has 20.00");
  await user.click(within(dialog).getByRole("button", { name: "Release" }));
  await expect.poll(() => released).toEqual([{ reason: "The bank has 20.00" }]);
  await user.click(await screen.findByRole("button", { name: "More for Invoice #LK000001" }));
  await screen.findByRole("menuitem", { name: "Skip" });
  expect(screen.queryByRole("menuitem", { name: "Release" })).toBeNull();
});

test("a number that somebody gave a document in Zoho Books is taken over with a reason, and nothing else can be", async () => {
  orders();
  const renamed = aDocument({ notices: [{ code: "renumbered", detail: "In Zoho Books it is INV-77, posted as LK000001." }] });
  server.use(answers.get("/records/orders/1", aDetail({ documents: [renamed, aDocument({ flow: "payment", source_id: "7", key: "payment:7", title: "Payment 7" })] })));
  const taken = posts("/documents/invoice/1/take-change", { ...renamed, notices: [] });
  const user = open("/synchronization/orders?record=1", "accountant");
  await choose(user, "More for Invoice #LK000001", "Take change");
  const dialog = await screen.findByRole("dialog", { name: "Take the change of Invoice #LK000001?" });
  await user.click(within(dialog).getByRole("button", { name: "Take change" }));
  expect(taken).toEqual([]); // not without a reason
  await user.type(within(dialog).getByRole("textbox"), "Their series");
  await user.dblClick(within(dialog).getByRole("button", { name: "Take change" }));
  await expect.poll(() => taken).toEqual([{ reason: "Their series" }]);
  expect(await screen.findByText("Invoice #LK000001: counts here as it stands in Zoho Books.")).toBeInTheDocument();
  expect(screen.queryByRole("dialog", { name: "Take the change of Invoice #LK000001?" })).toBeNull();
  await user.click(await screen.findByRole("button", { name: "More for Payment 7" }));
  await screen.findByRole("menuitem", { name: "Recreate" });
  expect(screen.queryByRole("menuitem", { name: "Take change" })).toBeNull();
});

test("a hotel is paired by the address of its item in Zoho Books", async () => {
  server.use(answers.get("/records/hotels", aPage([])), answers.get("/records/hotels/1", aDetail({ name: "Harbour", status: "not_synced" })));
  const paired = posts("/records/hotels/1/pair", { code: "already_paired", detail: "It stands for Hotel Sol already." }, 409);
  const user = open("/synchronization/hotels?record=1");
  await choose(user, "More for Harbour", "Pair");
  const dialog = await screen.findByRole("dialog", { name: "Pair Harbour" });
  await user.type(within(dialog).getByRole("textbox"), "https://books.zoho.eu/app/20001#/inventory/items/460000000000077");
  await user.click(within(dialog).getByRole("button", { name: "Pair" }));
  expect(await within(dialog).findByText("It stands for Hotel Sol already.")).toBeVisible();
  expect(paired).toEqual([{ zoho_id: "460000000000077" }]);
});

test("the preview of one order shows what would become of it, and sends nothing", async () => {
  orders();
  server.use(answers.get("/records/orders/1", aDetail()));
  const run = aRun({
    id: "9",
    kind: "preview",
    status: "done",
    result: { count: 2, document_count: 5, by_currency: [{ currency: "EUR", amount: "1560.00" }], calls: 3, hours: 0.2, held: [{ code: "currency_off", count: 1 }],
      documents: [{ flow: "invoice", source_id: "1", title: "Invoice #LK1", status: "synced", action: "update", total: "90.00", currency: "EUR", issue: null, notices: [], steps: [],
        body: { discount: 10 }, stands: { invoice_number: "LK1", total: 100 }, differences: ["discount: «10» instead of nothing"] }],
    },
  });
  posts("/records/orders/1/preview", run);
  server.use(answers.get("/runs/9", run));
  const user = open("/synchronization/orders?record=1");
  await choose(user, "More for LARKSPUR1", "Preview");
  const dialog = await screen.findByRole("dialog", { name: "Preview: LARKSPUR1" });
  expect(await within(dialog).findByText("2 records would be synchronized, with 5 documents")).toBeVisible();
  expect(dialog).toHaveTextContent("1 × Foreign currencies are off");
  expect(dialog).toHaveTextContent("discount: «10» instead of nothing");
  await user.click(within(dialog).getByText("What stands in Zoho Books now, and what would be sent"));
  expect(within(dialog).getByText("In Zoho Books now")).toBeVisible();
  expect(dialog).toHaveTextContent('"invoice_number": "LK1"');
  expect(dialog).toHaveTextContent("Nothing was sent.");
});

test("a draft is told apart, and marked as sent one by one or in bulk", async () => {
  server.use(answers.get("/settings", { orders: { post_as: "draft", create_sales_orders: true } }), answers.get("/records/orders/1", aDetail({ documents: [aDocument({ flow: "invoice", source_id: "7", title: "Invoice 7", status: "synced", draft: true })] })));
  orders(aRecord({ name: "LARKDRAFT", phase: "payment_sync", draft: true }));
  const one = posts("/documents/invoice/7/mark-sent", aRun());
  const many = posts("/records/orders/mark-sent", aRun());
  const counted = posts("/records/orders/mark-sent/preview", { orders: 2, documents: 3 });
  const user = open("/synchronization/orders");
  const row = await screen.findByRole("row", { name: /LARKDRAFT/ });
  expect(within(row).getByText("Draft")).toBeVisible();
  expect(await screen.findByRole("button", { name: "Drafts" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Synchronize a part" }));
  await user.click(await screen.findByRole("menuitem", { name: "Mark drafts as sent" }));
  const dialog = await screen.findByRole("dialog", { name: "Mark drafts as sent" });
  expect(await within(dialog).findByText("All drafts: 3 documents of 2 orders")).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Mark as sent" }));
  await expect.poll(() => many).toEqual([{ all: true, confirm: true }]);
  expect(counted).toEqual([{ all: true }]);
  open("/synchronization/orders?record=1");
  await user.click(await screen.findByRole("button", { name: "Mark as sent: Invoice 7" }));
  await expect.poll(() => one.length).toBe(1);
});
