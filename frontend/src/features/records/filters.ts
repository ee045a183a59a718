// What the address of the Synchronization page says: filters, order, columns, the open record.

import type { RecordFilter } from "@/api/types";
import { isOneOf, type Phase, phases, type Section, type Status, statuses } from "@/lib/sections";
import { recall } from "@/lib/remember";
import { defaultColumns } from "./columns";

export type RecordSearch = {
  status?: Status[];
  q?: string;
  issue?: string;
  draft?: "true";
  phase?: Phase;
  hotel?: string;
  currency?: string;
  customer?: string;
  from?: string;
  to?: string;
  sort?: string;
  columns?: string;
  record?: string;
};

const sorts = ["source_id", "name", "last_synced_at", "updated_at"].flatMap((key) => [key, `-${key}`]);
const day = /^\d{4}-\d{2}-\d{2}$/;

/** keeps what is understood and drops the rest, so that an old or mistyped address still opens */
export function readSearch(raw: Record<string, unknown>): RecordSearch {
  const search: RecordSearch = {};
  const status = [raw.status].flat().filter((value) => isOneOf(statuses, value)) as Status[];
  if (status.length > 0) search.status = [...new Set(status)];
  const q = text(raw.q);
  if (q) search.q = q;
  const issue = text(raw.issue);
  if (issue && /^[a-z][a-z0-9_]*$/.test(issue)) search.issue = issue;
  if (String(raw.draft) === "true") search.draft = "true";
  if (isOneOf(phases, raw.phase)) search.phase = raw.phase;
  const hotel = text(raw.hotel);
  if (hotel) search.hotel = hotel;
  const currency = text(raw.currency);
  if (currency && /^[A-Z]{3}$/.test(currency)) search.currency = currency;
  const customer = text(raw.customer);
  if (customer && /^\d+$/.test(customer)) search.customer = customer;
  const from = text(raw.from);
  if (from && day.test(from)) search.from = from;
  const to = text(raw.to);
  if (to && day.test(to)) search.to = to;
  const sort = text(raw.sort);
  if (sort && sorts.includes(sort)) search.sort = sort;
  const columns = text(raw.columns);
  if (columns) search.columns = columns;
  const record = text(raw.record);
  if (record) search.record = record;
  return search;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value); // the router reads digits as numbers
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** the filter as the API takes it; order-only parts only for orders */
export function toFilter(section: Section, search: RecordSearch): RecordFilter {
  const filter: RecordFilter = {};
  if (search.status) filter.status = search.status;
  if (search.q) filter.q = search.q;
  if (search.issue) filter.issue = search.issue;
  if (section !== "orders") return filter;
  if (search.phase) filter.phase = search.phase;
  if (search.draft) filter.draft = true;
  if (search.hotel) filter.hotel = search.hotel;
  if (search.currency) filter.currency = search.currency;
  if (search.customer) filter.customer = search.customer;
  if (search.from) filter.date_from = search.from;
  if (search.to) filter.date_to = search.to;
  return filter;
}

/** where the same list is as a file */
export function recordsFile(section: Section, search: RecordSearch): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...toFilter(section, search), sort: search.sort })) {
    for (const one of [value].flat()) if (one) params.append(key, String(one));
  }
  const query = params.toString();
  return `/api/v1/records/${section}.csv${query ? `?${query}` : ""}`;
}

export function isFiltered(section: Section, search: RecordSearch): boolean {
  return Object.keys(toFilter(section, search)).length > 0;
}

/** how many match when the API's counts say it, which they do for statuses alone */
export function knownCount(section: Section, search: RecordSearch, counts: Record<string, number>): number | undefined {
  const filter = toFilter(section, search);
  const keys = Object.keys(filter);
  if (keys.length === 0) return sum(Object.values(counts));
  if (keys.length === 1 && filter.status) return sum(filter.status.map((status) => counts[status] ?? 0));
  return undefined;
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** the chosen columns: those of the address, else those chosen last in this browser, else the standard ones */
export function shownColumns(section: Section, search: RecordSearch): string[] {
  const chosen = search.columns ?? recall(`columns.${section}`);
  return chosen ? chosen.split(",") : defaultColumns(section);
}
