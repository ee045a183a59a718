import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, aPage, aRun, server } from "@/test/server";

const customers = { auto_sync_new: false, auto_update: false, auto_delete: false, customer_portal: false, check_before_update: false, ignore_inactive: false, name_pattern: "{name}" };

test("switches that work against each other are explained", async () => {
  server.use(
    answers.get("/settings", { schedule: { enabled: true }, payments: { export_enabled: false }, orders: { create_sales_orders: false, auto_sync_new_orders: false, auto_sync_new_invoices: false, auto_sync_new_payments: false } }),
    answers.get("/records/orders", aPage([])),
    answers.get("/mappings/items", { items: [], choices: [], refreshed_at: null }),
  );
  const user = open("/configuration/orders");
  await user.click(await screen.findByRole("switch", { name: "Sync new orders" }));
  expect(screen.getByText(/Create sales orders is off: it sends nothing/)).toBeVisible();
  await user.click(screen.getByRole("switch", { name: "Sync new payments" }));
  expect(screen.getByText(/waits as Blocked until its order is queued/)).toBeVisible();
  expect(screen.getByText(/Post payments is off under Configuration, Payments: payments are skipped/)).toBeVisible();
});

test("a wrong entry of a list is named at the list", async () => {
  server.use(
    answers.get("/settings", { access: { profile_roles: { "4": "viewer" } } }),
    answers.put("/settings/access", () => [{ code: "validation", detail: "The input is not valid.", errors: [{ field: "profile_roles.1", message: "is QloApps' SuperAdmin, who is always admin" }] }, 422]),
  );
  const user = open("/configuration/access");
  await user.type(await screen.findByLabelText("ID of another profile"), "1{Enter}");
  expect(screen.getByRole("button", { name: "Remove profile 1" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("1: is QloApps' SuperAdmin, who is always admin")).toBeVisible();
});

test("switching the customer portal on offers one run over the customers that are synced", async () => {
  const sent: unknown[] = [];
  let stored = customers;
  server.use(
    answers.get("/records/customers", aPage([], { counts: { synced: 14 } })),
    answers.put("/settings/customers", (body) => {
      stored = body as typeof customers;
      server.use(answers.get("/settings", { schedule: { enabled: false }, customers: stored }));
      return [stored, 200];
    }),
    answers.get("/settings", { schedule: { enabled: false }, customers: stored }),
    answers.get("/runs/1", aRun({ section: "customers" })),
    answers.post("/records/customers/sync", (body) => {
      sent.push(body);
      return [aRun({ section: "customers" })];
    }),
  );
  const user = open("/configuration/customers");
  await user.click(await screen.findByRole("switch", { name: "Customer portal" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  const offer = (await screen.findByText(/14 customers are synced/)).closest("section") as HTMLElement;
  expect(offer).toHaveTextContent("Zoho may send each an invitation by e-mail");
  await user.click(within(offer).getByRole("button", { name: "Open it for 14 customers" }));
  await expect.poll(() => sent).toEqual([{ filter: { status: ["synced"] }, confirm: true }]);
});

test("automatic switches say that the section was never initialized", async () => {
  server.use(
    answers.get("/settings", { schedule: { enabled: true }, room_types: { auto_sync_new: true, auto_update: false, auto_delete: false } }),
    answers.get("/records/room-types", { items: [], next_cursor: null, counts: {}, initialized_at: null }),
  );
  open("/configuration/room_types");
  expect(await screen.findByText(/Room Types were never initialized/)).toBeVisible();
});

test("a name pattern is shown on real guests before it is saved", async () => {
  server.use(
    answers.get("/settings", { schedule: { enabled: false }, customers }),
    answers.get("/records/customers", aPage([])),
    answers.get("/pairing/names", { looked: 14, cut: 1, namesakes: 2, items: [{ customer_id: "3", guest: "Ida Solberg", name: "Ida (QLO-3)", cut: false, namesake: "customer:7" }] }),
  );
  const user = open("/configuration/customers");
  const field = await screen.findByLabelText("Contact name");
  expect(screen.queryByText(/Of the newest/)).toBeNull();
  await user.clear(field);
  await user.type(field, "{{firstname}");
  expect(await screen.findByText(/Of the newest 14 guests: 1 cut .* 2 taken already/)).toBeVisible();
  const row = within(screen.getByRole("table", { name: "Names of guests in Zoho Books" })).getByRole("row", { name: /Ida Solberg/ });
  expect(row).toHaveTextContent("Ida (QLO-3)");
  expect(row).toHaveTextContent("Customer 7 has this name too.");
});
