import { expect, test } from "vitest";
import { masters, presetOf, sentenceOf, type Switches, switchesOf } from "./automatic";

const stored = (preset: "by_hand" | "new_only" | "in_step", salesOrders = true): Switches => {
  const all = switchesOf(preset, salesOrders) as Switches;
  return { ...all, orders: { ...all.orders, create_sales_orders: salesOrders }, schedule: { ...all.schedule, interval_minutes: 5 } };
};

test("each way of working is recognized again", () => {
  for (const preset of ["by_hand", "new_only", "in_step"] as const) for (const sales of [true, false]) expect(presetOf(stored(preset, sales))).toBe(preset);
  const own = stored("in_step");
  expect(presetOf({ ...own, customers: { ...own.customers, auto_delete: false } })).toBe("own");
});

test("new only leaves alone what stands in Zoho Books", () => {
  const all = switchesOf("new_only", true);
  for (const [section] of masters) expect(all[section]).toEqual({ auto_sync_new: true, auto_update: false, auto_delete: false });
  expect(all.orders?.auto_update_orders).toBe(false);
  expect(all.orders?.auto_sync_credit_notes).toBe(true);
  expect(switchesOf("new_only", false).orders?.auto_sync_new_orders).toBe(false);
});

test("the sentence says all that happens and nothing else", () => {
  expect(sentenceOf(stored("by_hand"))).toBe("Nothing is sent by itself.");
  const all = stored("by_hand");
  const some: Switches = { ...all, schedule: { enabled: true, interval_minutes: 5 }, customers: { auto_sync_new: true, auto_update: true, auto_delete: false }, orders: { auto_sync_new_invoices: true, auto_sync_new_payments: true } };
  expect(sentenceOf(some)).toBe("Every 5 minutes: new customers, invoices and payments; changed customers; nothing else.");
  expect(sentenceOf({ ...some, schedule: { enabled: false, interval_minutes: 5 } })).toMatch(/^Off\. Once it is on: new customers/);
  expect(sentenceOf({ ...all, schedule: { enabled: true } })).toMatch(/only lists what is new/);
});
