// What the address of the Reconciliation page says, and the days it stands for.

import { formatDay } from "@/lib/time";

export type ReconciliationSearch = { from?: string; to?: string; hotel?: string; only?: "1"; detail?: "1" };

export type Period = { from: string; to: string };

const day = /^\d{4}-\d{2}-\d{2}$/;

export function readReconciliation(raw: Record<string, unknown>): ReconciliationSearch {
  const search: ReconciliationSearch = {};
  if (isDay(raw.from)) search.from = raw.from;
  if (isDay(raw.to)) search.to = raw.to;
  if (typeof raw.hotel === "string" && raw.hotel) search.hotel = raw.hotel;
  if (raw.only === "1") search.only = "1";
  if (raw.detail === "1") search.detail = "1";
  return search;
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && day.test(value) && !Number.isNaN(Date.parse(value));
}

function monthOf(year: number, month: number): Period {
  const first = new Date(Date.UTC(year, month, 1));
  const last = new Date(Date.UTC(year, month + 1, 0));
  return { from: first.toISOString().slice(0, 10), to: last.toISOString().slice(0, 10) };
}

/** the month that lies so many months before the one of a day */
export function monthBefore(today: string, months: number): Period {
  return monthOf(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 - months);
}

/** the days that an address names; the last full month where it names none */
export function periodOf(search: ReconciliationSearch, today: string): Period {
  const standard = monthBefore(today, 1);
  if (search.from && !search.to) return { from: search.from, to: search.from > standard.to ? search.from : standard.to };
  return { from: search.from ?? (search.to ? `${search.to.slice(0, 8)}01` : standard.from), to: search.to ?? standard.to };
}

const names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** "October 2026" for a whole month, else both days */
export function periodName({ from, to }: Period): string {
  const month = monthBefore(from, 0);
  if (from === month.from && to === month.to) return `${names[Number(from.slice(5, 7)) - 1]} ${from.slice(0, 4)}`;
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}
