// The words of the contract that the screens turn into tabs, chips and choices.

export const sections = [
  "hotels",
  "room-types",
  "service-products",
  "customers",
  "currencies",
  "orders",
] as const;
export type Section = (typeof sections)[number];

export const statuses = [
  "rejected",
  "unknown",
  "held",
  "failed",
  "blocked",
  "syncing",
  "pending",
  "not_synced",
  "synced",
  "skipped",
  "disabled",
] as const;
export type Status = (typeof statuses)[number];

export const phases = ["order_sync", "invoice_sync", "payment_sync", "synced", "canceled"] as const;
export type Phase = (typeof phases)[number];

export const mappingKinds = ["taxes", "payment-modes", "deposit-accounts", "items", "accounts", "tags", "locations"] as const;
export type MappingKind = (typeof mappingKinds)[number];

export const dataCenters = ["us", "eu", "in", "au", "jp", "ca", "cn", "sa", "uk", "ae", "custom"] as const;
export type DataCenter = (typeof dataCenters)[number];

export const roles = ["viewer", "operator", "accountant", "admin"] as const;
export type Role = (typeof roles)[number];

/** reports whether a role includes another; the contract's roles grow in this order */
export function allows(role: string | undefined, needed: Role): boolean {
  return roles.indexOf(role as Role) >= roles.indexOf(needed);
}

export function isOneOf<T extends string>(list: readonly T[], value: unknown): value is T {
  return typeof value === "string" && (list as readonly string[]).includes(value);
}
