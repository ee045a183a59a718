import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { PreviewLocked } from "@/api/types";
import { choose } from "@/test/choose";
import { open } from "@/test/open";
import { answers, aConnection, aPage, aRecord, aRun, aSchedule, held, server } from "@/test/server";

const three = [1, 2, 3].map((id) => aRecord({ source_id: String(id), name: `LARK${id}`, status: "not_synced", fields: { hotel: { text: "Harbour", url: null }, zoho_credit_note_number: [{ text: "CN-1", url: "https://books.zoho.eu/app/1#/creditnotes/9" }] } as never }));

let sent: unknown[];

beforeEach(() => {
  sent = [];
  server.use(
    answers.get("/records/currencies", aPage([])),
    answers.get("/records/orders", aPage(three)),
    answers.post("/records/orders/sync", (body) => {
      sent.push(body);
      return [aRun()];
    }),
  );
});

test("Synchronize Refunds sends only credit notes of all orders, after the count was shown", async () => {
  const user = open("/synchronization/orders");
  await choose(user, "Synchronize a part", "Synchronize Refunds");
  const dialog = await screen.findByRole("dialog", { name: "Send 3 orders to Zoho Books?" });
  expect(within(dialog).getByRole("checkbox", { name: "Refunds and credit notes" })).toBeChecked();
  expect(within(dialog).getByRole("checkbox", { name: "Invoices" })).not.toBeChecked();
  await user.click(within(dialog).getByRole("button", { name: "Send" }));
  await expect.poll(() => sent).toEqual([{ all: true, documents: ["credit_notes"], confirm: true }]);
});

test("the buttons act on the selection when rows are ticked", async () => {
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("checkbox", { name: "Select LARK2" }));
  expect(screen.getByText("Acts on: 1 record selected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Synchronize Everything" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Send" }));
  await expect.poll(() => sent).toEqual([{ ids: ["2"], confirm: true }]);
});

test("a dialog that is closed gives the focus back to what opened it", async () => {
  const user = open("/synchronization/orders");
  const button = await screen.findByRole("button", { name: "Synchronize Everything" });
  button.focus();
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: /Send 3 orders/ });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(button).toHaveFocus());
});

test("with a filter the buttons act on all that match, with their count", async () => {
  const user = open("/synchronization/orders?phase=invoice_sync");
  await screen.findByRole("checkbox", { name: "Select LARK1" });
  expect(screen.getByText("Acts on: all 3 matching the filter")).toBeVisible();
  await choose(user, "Synchronize a part", "Synchronize Invoices");
  await user.click(within(await screen.findByRole("dialog", { name: /Send 3 orders/ })).getByRole("button", { name: "Send" }));
  await expect.poll(() => sent).toEqual([{ filter: { phase: "invoice_sync" }, documents: ["invoices"], confirm: true }]);
});

test("more than 500 records are sent only after the number was typed", async () => {
  server.use(answers.get("/records/orders", aPage(three, { counts: { not_synced: 12431 }, next_cursor: null })));
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Synchronize Everything" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("button", { name: "Send" })).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox", { name: "Type 12431 to confirm" }), "12431");
  await user.click(within(dialog).getByRole("button", { name: "Send" }));
  await expect.poll(() => sent).toEqual([{ all: true, confirm: true }]);
});

const whatLocksDo = (locked: Partial<PreviewLocked>) => {
  const locks = { known: true, sales: "2026-02-28", banking: "2026-03-31", detail: "" };
  const run = aRun({ id: "8", kind: "preview", status: "done", result: { count: 3, by_currency: [], calls: 9, hours: 0.5, held: [], overdue: 0, locked: { locks, policy: "hold", held: 0, moved: 0, ...locked } } });
  const asked: unknown[] = [];
  server.use(
    answers.get("/connection", aConnection({ locks })),
    answers.get("/runs/8", run),
    answers.post("/records/orders/preview", (body) => {
      asked.push(body);
      return [run];
    }),
  );
  return asked;
};

test("locked periods and what they do to the selection are told before anything is queued", async () => {
  const asked = whatLocksDo({ held: 17 });
  const user = open("/synchronization/orders");
  await choose(user, "Synchronize a part", "Synchronize Invoices");
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/locked sales up to and including 28 Feb 2026: invoices/)).toBeVisible();
  expect(dialog).toHaveTextContent("locked banking up to and including 31 Mar 2026: payments and refunds");
  expect(await within(dialog).findByText("17 documents concern a locked period and would wait until it is unlocked (Configuration, Orders: hold).")).toBeVisible();
  expect(asked).toEqual([{ all: true, documents: ["invoices"] }]);
  expect(sent).toEqual([]);
  await user.click(within(dialog).getByRole("checkbox", { name: "Payments" }));
  await expect.poll(() => asked.length).toBe(2);
});

test("with the first open day the dialog tells what moves and what waits all the same", async () => {
  whatLocksDo({ policy: "first_open_day", held: 1, moved: 4 });
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Synchronize Everything" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/4 documents are dated in a locked period and would bear the first open day. 1 document concerns a locked period and would wait: money of the bank/)).toBeVisible();
});

test.each([
  [0, "None, as nothing would be sent"],
  [9, "Less than an hour"],
])("a run of %d calls takes the time that they take", async (calls, time) => {
  const run = aRun({ id: "8", kind: "preview", status: "done", result: { count: 3, by_currency: [], calls, hours: calls / 100, held: [], failed: [], skipped: [], unchanged: 3, overdue: 0 } as never });
  server.use(answers.get("/runs/8", run), answers.post("/records/orders/preview", () => [run]));
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Synchronize Everything" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Preview the effect" }));
  expect(await within(dialog).findByText(time)).toBeVisible();
});

test("the effect of a large run can be looked at first", async () => {
  const run = aRun({ id: "8", kind: "preview", status: "done", result: { count: 3, by_currency: [], calls: 9, hours: 4.5, held: [], overdue: 2 } });
  const asked: unknown[] = [];
  server.use(
    answers.get("/runs/8", run),
    answers.post("/records/orders/preview", (body) => {
      asked.push(body);
      return [run];
    }),
  );
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Synchronize Everything" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Preview the effect" }));
  expect(await within(dialog).findByText("about 5 hours")).toBeVisible();
  expect(dialog).toHaveTextContent("2 invoices would be overdue on arrival");
  expect(asked).toEqual([{ all: true }]);
  expect(sent).toEqual([]);
});

test("a chosen field stays chosen: in the address, and in this browser", async () => {
  const user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "Available Fields" }));
  await user.click(await screen.findByRole("checkbox", { name: "Zoho Credit Note Number" }));
  expect(await screen.findByRole("columnheader", { name: "Zoho Credit Note Number" })).toBeInTheDocument();
  expect(screen.getAllByRole("link", { name: "CN-1" })[0]).toHaveAttribute("href", "https://books.zoho.eu/app/1#/creditnotes/9");
  expect(window.location.search).toContain("zoho_credit_note_number");
  expect(localStorage.getItem("qlobooks.columns.orders")).toContain("zoho_credit_note_number");
});

test("fields chosen in this browser come back and go into the address", async () => {
  localStorage.setItem("qlobooks.columns.orders", "status,zoho_customer_id");
  open("/synchronization/orders?status=not_synced");
  expect(await screen.findByRole("columnheader", { name: "Zoho Customer ID" })).toBeInTheDocument();
  await waitFor(() => expect(window.location.search).toBe("?status=not_synced&columns=status,zoho_customer_id"));
});

test("a section says that the schedule is off and how to send by hand", async () => {
  server.use(answers.get("/records/customers", aPage([aRecord()])));
  const user = open("/synchronization/customers");
  await user.click(await screen.findByRole("button", { name: "Schedule off" }));
  expect(await screen.findByText(/nothing here is sent by itself. Choose Sync in a row, or Load Customers/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Load Customers" })).toBeVisible();
});

test("a section says when the schedule looks next", async () => {
  server.use(answers.get("/records/customers", aPage([aRecord()])), answers.get("/schedule", aSchedule({ enabled: true, next_run_at: "2026-03-01T09:05:00Z" })));
  const user = open("/synchronization/customers");
  await user.click(await screen.findByRole("button", { name: "Schedule on" }));
  const note = await screen.findByText(/The schedule is on. Next run/);
  // in the hotel's zone, five and a half hours before London
  await waitFor(() => expect(note).toHaveTextContent("01 Mar 2026, 14:35"));
});

test("what QloApps has and the list does not show is told, with the reason", async () => {
  const at = "2026-03-01T08:00:00Z";
  server.use(
    answers.get(
      "/records/orders",
      aPage(three, {
        not_listed: [
          { what: "payments", count: 2, because: "no order in QloApps has the reference or a share", first: "17", counted_at: at },
          { what: "orders", count: 1, because: "QloApps has not finished writing", first: "9", counted_at: at },
        ],
      }),
    ),
  );
  open("/synchronization/orders");
  expect(
    await screen.findByText("Not listed: 2 payments, because no order in QloApps has the reference or a share (the first id is 17); 1 order, because QloApps has not finished writing (id 9)."),
  ).toBeVisible();
});

test("phases are chips with counts and amounts, and one of them narrows the list", async () => {
  const matching = { status: {}, phase: { invoice_sync: { count: 12431, amounts: [{ currency: "EUR", count: 9, total: "1560.00", due: "0.00" }, { currency: "USD", count: 1, total: "99.50", due: "0.00" }] } } };
  server.use(answers.get("/records/orders", aPage(three, { matching })));
  const user = open("/synchronization/orders");
  const chip = await screen.findByRole("button", { name: /^Invoice Sync/ });
  expect(chip).toHaveTextContent("Invoice Sync 12,4311,560.00 EUR +1");
  expect(screen.getByRole("button", { name: /^All/ })).toHaveTextContent("12,431");
  await user.click(chip);
  await waitFor(() => expect(window.location.search).toBe("?phase=invoice_sync"));
});

test("a view is saved under a name in this browser, opened again, and forgotten", async () => {
  let user = open("/synchronization/orders?phase=invoice_sync&record=1");
  await user.click(await screen.findByRole("button", { name: "View" }));
  await user.type(await screen.findByLabelText("Save this view as"), "To invoice");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("link", { name: "To invoice" })).toBeVisible();
  cleanup();
  user = open("/synchronization/orders");
  await user.click(await screen.findByRole("button", { name: "View" }));
  await user.click(await screen.findByRole("link", { name: "To invoice" }));
  await waitFor(() => expect(window.location.search).toBe("?phase=invoice_sync")); // the open record is no part of it
  await user.click(await screen.findByRole("button", { name: "Forget the view To invoice" }));
  expect(localStorage.getItem("qlobooks.views.orders")).toBeNull();
});

test("rows are as high as somebody likes them, also at the next visit", async () => {
  const user = open("/synchronization/orders");
  const height = () => screen.getByRole("table").style.getPropertyValue("--row");
  await user.click(await screen.findByRole("button", { name: "View" }));
  expect(height()).toBe("36px");
  await user.click(await screen.findByRole("radio", { name: "Roomy" }));
  expect(height()).toBe("46px");
  expect(localStorage.getItem("qlobooks.density")).toBe("roomy");
});

test("without the right to send, r sends nothing", async () => {
  for (const [role, want] of [["viewer", 0], ["operator", 1]] as const) {
    let asked = 0;
    server.use(
      answers.post("/records/orders/2/sync", () => {
        asked++;
        return [aRun()];
      }),
    );
    const user = open("/synchronization/orders", role);
    const row = await screen.findByRole("row", { name: /LARK2/ });
    await user.click(within(row).getByText("Harbour"));
    await user.keyboard("{Escape}");
    row.querySelector<HTMLElement>("[data-record]")?.focus();
    await user.keyboard("r");
    if (want > 0) await expect.poll(() => asked).toBe(want);
    else expect(asked).toBe(want);
    cleanup();
  }
});

test("while a filter's rows are still to come, nothing is counted by those of the former one", async () => {
  const slow = held("/records/orders");
  const user = open("/synchronization/orders?q=LARK");
  expect(await screen.findByText("Acts on: all 3 matching the filter")).toBeVisible();
  server.use(slow.handler);
  await user.type(screen.getByLabelText("Search"), "1");
  await expect.poll(() => slow.waiting.length).toBe(1);
  expect(screen.queryByText("Acts on: all 3 matching the filter")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Synchronize Everything" }));
  await expect.poll(() => slow.waiting.length).toBe(2); // those that match are counted first
  expect(screen.queryByRole("dialog")).toBeNull();
  for (const one of slow.waiting) one.answer(aPage(three.slice(0, 1)));
  expect(await screen.findByRole("dialog", { name: "Send 1 orders to Zoho Books?" })).toBeVisible();
});

test("every row that was sent is said to be queued, also when the next was sent before its answer", async () => {
  const go: (() => void)[] = [];
  server.use(http.post("http://qlobooks.test/api/v1/records/orders/:id/sync", () => new Promise<HttpResponse<object>>((resolve) => go.push(() => resolve(HttpResponse.json(aRun({ id: String(go.length) }), { status: 202 }))))));
  const user = open("/synchronization/orders");
  for (const name of ["LARK1", "LARK2"]) await user.click(await screen.findByRole("button", { name: `Sync ${name}` }));
  await expect.poll(() => go.length).toBe(2);
  for (const one of go) one();
  for (const name of ["LARK1", "LARK2"]) expect(await screen.findByText(`${name} is queued.`)).toBeVisible();
});

test("the second click of a double click does not close the dialog that the first one opened, nor send a row twice", async () => {
  server.use(answers.get("/records/orders", aPage([aRecord()])));
  const asked: unknown[] = [];
  server.use(answers.post("/records/orders/1/sync", (body) => {
    asked.push(body);
    return [aRun()];
  }));
  const user = open("/synchronization/orders");
  await user.dblClick(await screen.findByRole("button", { name: "Sync LARKSPUR1" }));
  await expect.poll(() => asked.length).toBe(1);
  expect(screen.getAllByText("LARKSPUR1 is queued.")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Synchronize Everything" }));
  const dialog = await screen.findByRole("dialog");
  const shade = document.querySelector(".mantine-Modal-inner") as HTMLElement;
  fireEvent.mouseDown(shade, { detail: 2 });
  fireEvent.click(shade, { detail: 2 });
  fireEvent.click(document.querySelector(".mantine-Modal-overlay") as HTMLElement, { detail: 2 });
  expect(dialog).toBeVisible();
});
