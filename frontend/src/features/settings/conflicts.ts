// Choices that are allowed but work against each other. Each is said before it is saved.

import { t } from "@/lib/texts";
import type { Values } from "./settings.api";

type All = Record<string, Values | undefined>;

type Rule = { section: string; holds: (v: Values, all: (section: string) => Values) => boolean; text: string };

const words = t.settings.conflict;
const kinds = ["customers", "invoices", "credit_notes", "payments"];
const orderSwitches = ["auto_sync_new_orders", "auto_update_orders", "auto_sync_new_invoices", "auto_sync_new_payments", "auto_sync_credit_notes"];
const masterSwitches = ["auto_sync_new", "auto_update", "auto_delete"];
const masters = ["currencies", "customers", "hotels", "room_types", "service_products"];

const anyOf = (values: Values, names: string[]) => names.some((name) => Boolean(values[name]));

const rules: Rule[] = [
  {
    section: "schedule",
    text: words.tickNothing,
    holds: (v, all) =>
      Boolean(v.enabled) && !(v.launch_time && anyOf(v, kinds)) && !anyOf(all("orders"), orderSwitches) && !masters.some((section) => anyOf(all(section), masterSwitches)),
  },
  { section: "schedule", text: words.dailyNoTime, holds: (v) => anyOf(v, kinds) && !v.launch_time },
  { section: "schedule", text: words.dailyNoKind, holds: (v) => Boolean(v.launch_time) && !anyOf(v, kinds) },
  { section: "schedule", text: words.dailyNoDate, holds: (v, all) => Boolean(v.launch_time) && anyOf(v, kinds) && !all("orders").export_from_date },
  { section: "schedule", text: words.dailyNoPayments, holds: (v, all) => Boolean(v.payments) && all("payments").export_enabled === false },
  { section: "orders", text: words.ordersWithoutSalesOrders, holds: (v) => Boolean(v.auto_sync_new_orders) && !v.create_sales_orders },
  {
    section: "orders",
    text: words.salesOrdersByHand,
    holds: (v) => Boolean(v.create_sales_orders) && !v.auto_sync_new_orders && anyOf(v, ["auto_sync_new_invoices", "auto_sync_new_payments"]),
  },
  { section: "orders", text: words.paymentsWithoutInvoices, holds: (v) => Boolean(v.auto_sync_new_payments) && !v.auto_sync_new_invoices },
  { section: "orders", text: words.creditsWithoutInvoices, holds: (v) => Boolean(v.auto_sync_credit_notes) && !v.auto_sync_new_invoices },
  { section: "orders", text: words.paymentsNotPosted, holds: (v, all) => Boolean(v.auto_sync_new_payments) && all("payments").export_enabled === false },
  { section: "payments", text: words.postOff, holds: (v) => v.export_enabled === false },
  {
    section: "payments",
    text: words.importNever,
    holds: (v, all) => Boolean(v.import_enabled) && !(all("schedule").enabled && all("schedule").launch_time && all("schedule").payments),
  },
  { section: "payments", text: words.importOff, holds: (v) => Boolean(v.create_payment_always) && !v.import_enabled },
  { section: "currencies", text: words.currencyOff, holds: (v) => Boolean(v.default_currency) && !v.multi_currency },
  { section: "customers", text: words.portalMail, holds: (v) => Boolean(v.customer_portal) },
  { section: "limits", text: words.reserveAll, holds: (v) => Number(v.reserve_for_live_percent) >= 90 },
  { section: "alerts", text: words.secretWithoutAddress, holds: (v) => Array.isArray(v.events) && v.events.length > 0 && !v.webhook_url },
];

/** what to know about a section as it stands in the form, beside the other sections as they are stored */
export function conflicts(section: string, values: Values, stored: All): string[] {
  const all = (name: string) => (name === section ? values : (stored[name] ?? {}));
  return rules.filter((rule) => rule.section === section && rule.holds(values, all)).map((rule) => rule.text);
}
