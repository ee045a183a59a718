import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { aMapping, anOverview, answers, aPage, aRecord, aRun, aStep, server } from "@/test/server";
import "./StartPage"; // fetched before the tests begin to wait for it

test("no table is shown while Zoho Books is prepared, as rows that come would move the others away, and all of them after that", async () => {
  const kinds = ["taxes", "items", "accounts", "payment-modes", "deposit-accounts"];
  const atWork = { items: [aRun({ kind: "setup", status: "running" })], next_cursor: null, counts: {} };
  server.use(
    answers.get("/overview", { ...anOverview, guide: { steps: [aStep("set_up", "open"), aStep("map", "open")] } }),
    answers.get("/runs", atWork),
    ...kinds.map((kind) => answers.get(`/mappings/${kind}`, aMapping({ kind, refreshed_at: null } as never))),
  );
  open("/start?step=map");
  expect(await screen.findByText("Zoho Books is being prepared")).toBeVisible();
  expect(screen.queryByRole("combobox", { name: /In Zoho Books/ })).toBeNull();
  server.use(answers.get("/runs", { ...atWork, items: [] }), ...kinds.map((kind) => answers.get(`/mappings/${kind}`, aMapping({ kind } as never))));
  expect((await screen.findAllByRole("combobox", { name: /In Zoho Books/ })).length).toBeGreaterThan(0);
  expect(screen.queryByText(/has not been read/)).toBeNull();
});

test("a rehearsal of orders whose invoices stand says so, and not that they have none", async () => {
  const invoice = { flow: "invoice", source_id: "1", key: "invoice:1", title: "Invoice #LK1", status: "synced", action: "nothing", date: "2026-03-01", currency: "EUR", total: "1.00", tax: "0.00", issue: null, notices: [], body: null, stands: null, differences: [], steps: [] };
  const seen = aRun({ id: "9", kind: "preview", status: "done", result: { count: 0, documents: [invoice] } as never });
  server.use(
    answers.get("/overview", { ...anOverview, guide: { steps: [aStep("rehearse", "open")] } }),
    answers.get("/records/orders", aPage([aRecord()])),
    answers.post("/records/orders/preview", () => [seen, 202]),
    answers.post("/records/orders/1/preview", () => [seen, 202]),
    answers.get("/runs/9", seen),
  );
  open("/start?step=rehearse");
  expect(await screen.findByText("The invoices of the newest orders stand in Zoho Books as they are.")).toBeVisible();
  expect(screen.queryByText(/has an invoice yet/)).toBeNull();
});

test("where none of the newest orders has an invoice, the rehearsal shows that of the order that the preview of all names", async () => {
  const nothing = aRun({ id: "8", kind: "preview", status: "done", result: { count: 1, documents: [] } as never });
  const all = aRun({ id: "9", kind: "preview", status: "done", result: { count: 40, invoiced: "12", documents: [] } as never });
  const invoice = { flow: "invoice", source_id: "7", key: "invoice:7", title: "Invoice #LK7", status: "synced", action: "create", date: "2026-03-01", currency: "EUR", total: "124.80", tax: "4.80", issue: null, notices: [], body: { line_items: [{ name: "Garden Room", quantity: 2, rate: 60 }] }, stands: null, differences: [], steps: [] };
  server.use(
    answers.get("/overview", { ...anOverview, guide: { steps: [aStep("rehearse", "open")] } }),
    answers.get("/records/orders", aPage(["44", "43", "42", "41"].map((id) => aRecord({ source_id: id })))),
    answers.post("/records/orders/preview", () => [all, 202]),
    ...["44", "43", "42"].map((id) => answers.post(`/records/orders/${id}/preview`, () => [nothing, 202])),
    answers.post("/records/orders/12/preview", () => [aRun({ id: "10", kind: "preview", status: "done", result: { count: 1, documents: [invoice] } as never }), 202]),
    answers.get("/runs/9", all),
  );
  open("/start?step=rehearse");
  expect(await screen.findByRole("article", { name: "Invoice #LK7" })).toHaveTextContent("Garden Room");
  expect(screen.queryByText(/has an invoice/)).toBeNull();
});

test("the last step can be saved as it is, and is left freely while nothing was changed in it", async () => {
  server.use(answers.get("/overview", { ...anOverview, guide: { steps: [aStep("switch_on", "open")] } }), answers.get("/records/orders", aPage([])));
  const user = open("/start?step=switch_on");
  expect(await screen.findByRole("button", { name: "Save" })).not.toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByText(/not saved/)).toBeNull();
  expect(screen.queryByRole("button", { name: "Discard changes" })).toBeNull();
  await user.click(screen.getByRole("link", { name: "Runs" }));
  expect(await screen.findByRole("heading", { name: "Runs" })).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
});
