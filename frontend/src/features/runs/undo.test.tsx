import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, aRun, server } from "@/test/server";

const ended = aRun({ id: "7", kind: "sync", section: "orders", status: "done", title: "All orders" });

const preview = {
  items: [
    { flow: "payment", source_id: "3", section: "orders", title: "Payment of LARKPLAIN", zoho_number: "12", zoho_url: null, date: "2026-03-02", total: "124.80", currency: "USD", way: "delete", issue: null },
    {
      flow: "invoice", source_id: "8", section: "orders", title: "Invoice #IN000008", zoho_number: "#IN000008", zoho_url: null, date: "2026-03-01", total: "124.80", currency: "USD", way: "void",
      issue: { code: "period_locked", title: "Period is locked", detail: "It concerns 2026-03-01.", action: "Unlock the period in Zoho Books, then undo the run again." },
    },
  ],
  counts: { delete: 1, void: 0, inactive: 0, unapply: 0, refused: 1, left: 2 },
  by_currency: [{ flow: "payment", currency: "USD", count: 1, amount: "124.80" }],
  next_cursor: null,
};

test("undoing a run shows each document with its way or the reason, and asks for a reason and the organization", async () => {
  const sent: unknown[] = [];
  server.use(
    answers.get("/runs/7", ended),
    answers.get("/runs/7/records", { items: [], next_cursor: null }),
    answers.get("/runs/9/records", { items: [], next_cursor: null }),
    answers.post("/runs/7/undo/preview", () => [preview, 200]),
    answers.post("/runs/7/undo", (body) => {
      sent.push(body);
      return [aRun({ id: "9", kind: "undo", section: "orders", status: "done", title: "Undo of run 7" }), 202];
    }),
    answers.get("/runs/9", aRun({ id: "9", kind: "undo", section: "orders", status: "done", title: "Undo of run 7" })),
  );
  const user = open("/runs/7");
  await user.click(await screen.findByRole("button", { name: "Undo…" }));
  const dialog = await screen.findByRole("dialog", { name: "Undo: All orders" });
  expect(await within(dialog).findByText("1 document deleted · 1 document left as they stand · 2 not touched: there before the run, currencies and journals")).toBeVisible();
  expect(within(dialog).getByRole("row", { name: /Payment of LARKPLAIN .* Deleted/ })).toBeVisible();
  expect(within(dialog).getByRole("row", { name: /Invoice #IN000008 .* Stays: Period is locked It concerns 2026-03-01/ })).toBeVisible();
  const act = within(dialog).getByRole("button", { name: "Take it back" });
  expect(act).toHaveAttribute("aria-disabled", "true");
  await user.type(within(dialog).getByLabelText(/Reason/), "A wrong tax");
  await user.type(within(dialog).getByLabelText(/Type the organization ID 20001/), "20001");
  await user.click(within(dialog).getByRole("button", { name: "Take it back" }));
  expect(await screen.findByRole("heading", { name: "Undo of run 7" })).toBeVisible();
  expect(sent).toEqual([{ reason: "A wrong tax", confirm: "20001" }]);
});

test("nobody but an administrator undoes a run", async () => {
  server.use(answers.get("/runs/7", ended), answers.get("/runs/7/records", { items: [], next_cursor: null }));
  open("/runs/7", "accountant");
  expect(await screen.findByRole("button", { name: "Undo…" })).toHaveAttribute("aria-disabled", "true");
});
