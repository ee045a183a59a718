import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { open } from "@/test/open";
import { answers, aMapping, aPage, aRun, server } from "@/test/server";

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
  await user.type(await screen.findByLabelText("ID of another profile"), "1{Enter}"); // QloApps' profiles cannot be read here
  expect(screen.getByRole("button", { name: "Remove Profile 1" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("«1» is QloApps' SuperAdmin, who is always admin")).toBeVisible();
});

test("profiles are chosen by their names, and the one that always is an administrator is not among them", async () => {
  const sent: unknown[] = [];
  server.use(
    answers.get("/profiles", { items: [{ id: "1", name: "SuperAdmin" }, { id: "2", name: "Front desk" }, { id: "3", name: "Bookkeeping" }] }),
    answers.get("/settings", { access: { profile_roles: { "2": "operator", "9": "viewer" } } }),
    answers.put("/settings/access", (body) => {
      sent.push(body);
      return [body, 200];
    }),
  );
  const user = open("/configuration/access");
  expect(await screen.findByDisplayValue("Front desk")).toBeVisible();
  expect(screen.getByDisplayValue("Profile 9")).toBeVisible(); // was deleted since
  expect(screen.queryByLabelText("ID of another profile")).toBeNull();
  await user.click(screen.getByRole("combobox", { name: "Another profile" }));
  expect((await screen.findAllByRole("option")).map((one) => one.textContent)).toEqual(["Bookkeeping"]);
  await user.click(screen.getByRole("option", { name: "Bookkeeping" }));
  expect(screen.getByRole("combobox", { name: "Bookkeeping: Role" })).toHaveValue("Viewer");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await expect.poll(() => sent).toEqual([{ profile_roles: { "2": "operator", "9": "viewer", "3": "viewer" } }]);
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

const limits = { calls_per_minute: 90, calls_per_day: null, reserve_for_live_percent: 20, brake_max_records: 500, brake_max_voids: 20, brake_max_amount: null };
const changed = { code: "changed_meanwhile", detail: "Maren changed this.", by: "Maren", at: "2026-03-01T09:00:00Z", changes: [{ field: "brake_max_voids", before: "20", after: "7" }] };

/** what was brought into sight */
function sights() {
  const seen: Element[] = [];
  vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
    seen.push(this);
  });
  return seen;
}

test("that somebody else saved meanwhile is brought into sight and focused, and the focus goes on from the choice", async () => {
  const seen = sights();
  let refused = true;
  server.use(answers.get("/settings", { limits }), answers.put("/settings/limits", (body) => (refused ? [changed, 412] : [body, 200])));
  const user = open("/configuration/limits");
  await user.type(await screen.findByLabelText("Calls per minute"), "{Backspace}");
  const save = screen.getByRole("button", { name: "Save" });
  await user.click(save);
  const answer = (await screen.findByText(/Maren has changed this too/)).closest("[tabindex]");
  expect(answer).toHaveFocus();
  expect(seen.at(-1)).toBe(answer);
  refused = false;
  await user.click(screen.getByRole("button", { name: "Save mine over it" }));
  expect(await screen.findByText("Saved")).toBeVisible();
  expect(save).toHaveFocus();
});

test("the first field that is wrong is brought into sight and focused, and is not told twice", async () => {
  const seen = sights();
  const errors = [{ field: "brake_max_voids", message: "must be 0 or more" }];
  server.use(answers.get("/settings", { limits }), answers.put("/settings/limits", () => [{ code: "validation", detail: "The input is not valid: brake_max_voids must be 0 or more.", request_id: "r-1", errors }, 422]));
  const user = open("/configuration/limits");
  await user.type(await screen.findByLabelText("Calls per minute"), "{Backspace}");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const wrong = await screen.findByRole("textbox", { description: /must be 0 or more/ });
  expect(wrong).toHaveFocus();
  expect(seen.at(-1)).toBe(wrong);
  expect(screen.getByRole("alert")).toHaveTextContent("Some fields are not right yet");
  expect(screen.getByRole("alert")).not.toHaveTextContent(/brake_max_voids|r-1/);
});

test("the focus stays at Save while it is under way and when it is done, and goes there from Discard changes", async () => {
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  server.use(
    answers.get("/settings", { limits }),
    http.put("http://qlobooks.test/api/v1/settings/limits", async ({ request }) => {
      await held;
      return HttpResponse.json((await request.json()) as never);
    }),
  );
  const user = open("/configuration/limits");
  const calls = await screen.findByLabelText("Calls per minute");
  await user.type(calls, "{Backspace}");
  await user.click(screen.getByRole("button", { name: "Discard changes" }));
  const save = screen.getByRole("button", { name: "Save" });
  expect(save).toHaveFocus();
  await user.type(calls, "{Backspace}");
  await user.click(save);
  await expect.poll(() => save.getAttribute("aria-busy")).toBe("true");
  expect(save).toHaveFocus();
  expect(save).not.toHaveAttribute("disabled");
  finish();
  expect(await screen.findByText("Saved")).toBeVisible();
  expect(save).toHaveFocus();
  expect(save).toHaveAttribute("aria-disabled", "true");
});

test("a wrong entry of a list is named by itself", async () => {
  const long = "Bank transfer to the account of the hotel at the harbour";
  server.use(
    answers.get("/settings", { payments: { payment_modes: ["Cash"], allowed_methods: [], import_method_label: "Zoho Books", statement_grouping: "daily" } }),
    answers.get("/mappings/payment-modes", aMapping({ items: [] })),
    answers.get("/mappings/deposit-accounts", aMapping({ items: [] })),
    answers.put("/settings/payments", () => [{ code: "validation", detail: "The input is not valid.", errors: [{ field: "payment_modes[1]", message: "must have between 1 and 100 characters in one line" }] }, 422]),
  );
  const user = open("/configuration/payments");
  await user.type(await screen.findByLabelText("Further payment modes", { selector: "input" }), `${long}{Enter}`);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("«Bank transfer to the account of the hot…» must have between 1 and 100 characters in one line")).toBeVisible();
});

test("an unknown variable of a name pattern is told in a sentence, and nothing while it is looked at", async () => {
  server.use(
    answers.get("/settings", { schedule: { enabled: false }, customers }),
    answers.get("/records/customers", aPage([])),
    http.get("http://qlobooks.test/api/v1/pairing/names", () => HttpResponse.json({ code: "validation", detail: "The input is not valid: pattern has the unknown variable {foo}; known are {id}.", request_id: "r-2", errors: [{ field: "pattern", message: "has the unknown variable {foo}; known are {id}" }] }, { status: 422 })),
  );
  const user = open("/configuration/customers");
  await user.type(await screen.findByLabelText("Contact name"), " {{foo}");
  expect(screen.queryByRole("status", { name: "Loading" })).toBeNull();
  expect(await screen.findByText("There is no variable {foo}. Use one of {id} {login} {email} {firstname} {lastname} {name} {company}.")).toBeVisible();
  expect(screen.queryByText(/r-2|The input is not valid/)).toBeNull();
});

test("the eye beside a secret names what it shows", async () => {
  server.use(answers.get("/settings", { alerts: { webhook_url: "https://example.com", events: [] } }), answers.get("/alerts", { items: [], next_cursor: null }));
  open("/configuration/alerts");
  expect(await screen.findByRole("button", { name: "Show or hide the secret" })).toBeVisible();
});

test("what a choice of the mapping sets free is said, and a choice that is refused is told at its row", async () => {
  const row = aMapping().items[0] as object;
  let refused = true;
  server.use(
    answers.get("/settings", { hotels: { target: "none" } }),
    answers.get("/mappings/taxes", aMapping({ items: [{ ...row, waiting: 12 }] as never })),
    answers.put("/mappings/taxes", () => (refused ? [{ code: "validation", detail: "The input is not valid.", errors: [{ field: "items[0].zoho_id", message: "is none of the choices" }] }, 422] : [aMapping({ items: [{ ...row, zoho_id: "t7" }] as never }), 200])),
  );
  const user = open("/mapping/taxes");
  await user.click(await screen.findByRole("button", { name: "Use VAT 7" }));
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));
  expect(await screen.findByRole("combobox", { description: "is none of the choices" })).toHaveFocus();
  refused = false;
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));
  expect(await screen.findByText("Saved. 12 documents that waited go on now.")).toBeVisible();
});
