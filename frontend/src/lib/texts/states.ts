import type { Phase, Status } from "../sections";

export const statusName: Record<Status, string> = {
  not_synced: "Not synced",
  pending: "Pending",
  syncing: "Syncing",
  synced: "Synced",
  blocked: "Blocked",
  held: "Held",
  failed: "Failed",
  unknown: "Unknown outcome",
  rejected: "Rejected",
  skipped: "Skipped",
  disabled: "Disabled",
};

export const statusMeaning: Record<Status, string> = {
  not_synced: "Listed, never queued. Nothing about it is in Zoho Books.",
  pending: "Queued. A worker takes it as soon as the call budget allows.",
  syncing: "A worker is sending it now.",
  synced: "It stands in Zoho Books as QloApps has it.",
  blocked: "Waits for another record or for a mapping.",
  held: "A rule holds it back until its cause is cured.",
  failed: "The last try failed; it is tried again by itself.",
  unknown: "Sent, but no answer came that can be trusted. It is resolved before anything else is sent.",
  rejected: "Refused by Zoho Books or by a rule. A person must look.",
  skipped: "Left out by a filter or by a person.",
  disabled: "Inactive in Zoho Books.",
};

export const phaseName: Record<Phase, string> = {
  order_sync: "Order Sync",
  invoice_sync: "Invoice Sync",
  payment_sync: "Payment Sync",
  synced: "Synced",
  canceled: "Canceled",
};

export const phaseMeaning: Record<Phase, string> = {
  order_sync: "The sales order is not in Zoho Books yet.",
  invoice_sync: "The order has no invoice in Zoho Books yet, or not all of them.",
  payment_sync: "A payment is not in Zoho Books yet, or QloApps shows an amount due.",
  synced: "Every document of this order stands in Zoho Books.",
  canceled: "The order was canceled in QloApps.",
};

export const phaseState = {
  label: "Phase of this order",
  done: "finished",
  now: "next",
  later: "to come",
  unused: "not used",
  noSalesOrders: "Sales orders are switched off in Configuration, Orders.",
};

/** short names of notices; what is not listed has the name of its code, or shows its own words */
export const noticeName: Record<string, string> = {
  tax_differs: "Tax differs within the limit",
  renumbered: "Renumbered in Zoho Books",
  invoice_stale: "Invoice older than the order",
  overpaid: "Paid more than billed",
  voucher_credit: "Voucher counts as payment",
  rate_not_taken: "Zoho Books keeps its own rate",
  edited_in_zoho: "Kept as changed in Zoho Books",
  field_not_taken: "Sent without a field",
  other_currency: "Paid in another currency",
};

export const stepStatusName: Record<string, string> = {
  done: "done",
  pending: "to come",
  failed: "failed",
  held: "held",
  rejected: "refused",
  unknown: "outcome unknown",
  skipped: "left out",
};

/** documents of an order, in the order in which they come about */
export const flowOrder = ["sales_order", "invoice", "payment", "credit_note", "refund", "cancellation"];

export const flowName: Record<string, string> = {
  hotel: "Hotel",
  room_type: "Room type",
  service_product: "Service product",
  currency: "Currency",
  customer: "Customer",
  sales_order: "Sales order",
  invoice: "Invoice",
  payment: "Payment",
  credit_note: "Credit note",
  refund: "Refund",
  cancellation: "Cancellation",
  revenue: "Journal",
};

export const stepName: Record<string, string> = {
  created: "Created",
  create: "Created",
  updated: "Updated",
  sent: "Marked as sent",
  marked_sent: "Marked as sent",
  mark_sent: "Marked as sent",
  opened: "Opened",
  open: "Opened",
  applied: "Applied to the invoice",
  apply: "Applied to the invoice",
  refunded: "Refunded",
  refund: "Refunded",
  giveback: "Given back to the guest",
  credit: "Credit used on the invoice",
  draft: "Set back to draft",
  unapplied: "Taken off the invoice",
  void: "Voided",
  voided: "Voided",
  inactive: "Made inactive",
  active: "Made active",
};

export const runKindName: Record<string, string> = {
  initialize: "Initialize",
  sync: "Sync",
  preview: "Preview",
  setup: "Set-up of Zoho Books",
  import: "Import of payments",
  pairing: "Pairing of customers",
  mapping_refresh: "Refresh of the mapping lists",
  reconcile: "Reconciliation",
  tick: "Scheduled tick",
  daily: "Daily pass",
  undo: "Undo",
};

export const runStatusName: Record<string, string> = {
  queued: "Queued",
  waiting: "Waiting for a person",
  running: "Running",
  done: "Done",
  failed: "Failed",
  canceled: "Canceled",
};

export const connectionStatusName: Record<string, string> = {
  connected: "Connected",
  disconnected: "Not connected",
  expired: "Connection expired",
  revoked: "Access withdrawn",
};
