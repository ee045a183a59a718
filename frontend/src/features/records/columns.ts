// The columns of each section: which exist, which are shown at first, how wide they are.

import type { FieldText, RecordItem } from "@/api/types";
import type { Section } from "@/lib/sections";
import { fieldName, t } from "@/lib/texts";
import { formatDays } from "@/lib/time";

export type ColumnInfo = { id: string; label: string; width: number; numeric?: boolean; sort?: string };

const orderFields: [string, number][] = [
  ["guest", 128],
  ["stay", 144],
  ["total", 108],
  ["paid", 108],
  ["zoho_invoice_number", 160],
  ["zoho_payment_number", 165],
  ["zoho_sales_order_number", 185],
  ["zoho_credit_note_number", 185],
  ["zoho_customer_id", 185],
  ["hotel", 150],
  ["room_types", 170],
  ["check_in", 112],
  ["check_out", 112],
  ["currency", 92],
  ["source", 130],
  ["order_state", 190],
];

const numeric = new Set(["total", "paid", "rate", "price"]);

/** one state that walks, as users of the guide know it; the cause stands under it, only where there is one */
const firstOrderColumns = ["phase", "last", "guest", "stay", "total", "paid", "zoho_invoice_number", "hotel"];
const firstColumns = ["id", "status", "remark", "zoho", "last"];

export function defaultColumns(section: Section): string[] {
  if (section === "customers") return ["id", "status", "email", "remark", "zoho", "last"]; // guests of one name are told apart
  return section === "orders" ? firstOrderColumns : firstColumns;
}

/** every column a section can show; other sections learn theirs from the rows */
export function availableColumns(section: Section, items: readonly RecordItem[]): ColumnInfo[] {
  const fixed: ColumnInfo[] = [
    { id: "id", label: t.sync.id, width: 76, sort: "source_id" },
    { id: "status", label: t.sync.status, width: 118 },
  ];
  const remark: ColumnInfo = { id: "remark", label: t.sync.remark, width: 165 };
  const tail: ColumnInfo[] = [{ id: "last", label: t.sync.last, width: 150, sort: "last_synced_at" }];
  const zoho: ColumnInfo = { id: "zoho", label: t.sync.zoho, width: 170 };
  if (section === "orders") {
    const fields = orderFields.map(([id, width]) => ({ id, label: labelOf(id), width, numeric: numeric.has(id) }));
    return [{ id: "phase", label: t.sync.phase, width: 205 }, ...tail, ...fields, remark, ...fixed];
  }
  const seen = new Set<string>();
  for (const item of items) for (const name of Object.keys(item.fields ?? {})) if (name !== "name") seen.add(name);
  const fields = [...seen].map((id) => ({ id, label: labelOf(id), width: 150, numeric: numeric.has(id) }));
  return [...fixed, remark, ...fields, zoho, ...tail];
}

/** fields in the order people look for them: known ones first, then the others by name */
export function orderedFields(names: readonly string[]): string[] {
  const known = ["reference", ...orderFields.map(([id]) => id)];
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return names.filter((name) => name !== "name").sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

export function labelOf(field: string): string {
  if (field === "stay") return t.sync.stay;
  const known = fieldName[field];
  if (known) return known;
  const words = field.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** the values of a field: the API sends one or a list */
export function valuesOf(item: Pick<RecordItem, "fields">, field: string): FieldText[] {
  const value: unknown = (item.fields as Record<string, unknown> | undefined)?.[field];
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.filter((one): one is FieldText => typeof one === "object" && one !== null && "text" in one);
}

const short = new Set(["id", "status", "phase", "remark", "last"]);

/** what a cell of words says in full; undefined for numbers, states and times, which never break */
export function wordsOf(item: RecordItem, column: ColumnInfo): string | undefined {
  if (column.numeric || short.has(column.id)) return undefined;
  if (column.id === "stay") return formatDays(textOf(item, "check_in"), textOf(item, "check_out"));
  if (column.id === "zoho") return item.zoho_number || item.zoho_id || undefined;
  return textOf(item, column.id);
}

export function textOf(item: Pick<RecordItem, "fields">, field: string): string {
  return valuesOf(item, field)
    .map((value) => value.text)
    .join(", ");
}
