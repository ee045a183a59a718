// Rows of the comparison added up, exactly and never across currencies.

import type { Figures, ReconciliationRow } from "@/api/types";
import { addAmounts, exactAmount, isNegative, isZero, negated, subtractAmounts } from "@/lib/money";
import { t } from "@/lib/texts";

export type SumRow = {
  key: string;
  day?: string;
  currency: string;
  kind: string;
  /** hotel, tax and payment mode, in a detailed table */
  parts?: string[];
  qloapps: Figures;
  posted: Figures;
  zoho: Figures;
};

const sides = ["qloapps", "posted", "zoho"] as const;

/** adds rows up that have the same name, in the order in which the names come first */
export function sumBy(rows: readonly ReconciliationRow[], name: (row: ReconciliationRow) => Pick<SumRow, "day" | "currency" | "kind" | "parts">): SumRow[] {
  const groups = new Map<string, { head: ReturnType<typeof name>; rows: ReconciliationRow[] }>();
  for (const row of rows) {
    const head = name(row);
    const key = JSON.stringify(head);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { head, rows: [row] });
  }
  return [...groups].map(([key, group]) => {
    const sums = Object.fromEntries(
      sides.map((side) => [
        side,
        { count: group.rows.reduce((n, row) => n + row[side].count, 0), amount: addAmounts(group.rows.map((row) => row[side].amount)) },
      ]),
    ) as Pick<SumRow, (typeof sides)[number]>;
    return { key, ...group.head, ...sums };
  });
}

const kinds = ["invoice", "payment", "credit_note", "refund", "cancellation"];

/** one row per currency and kind */
export function totals(rows: readonly ReconciliationRow[]): SumRow[] {
  return sumBy(rows, ({ currency, kind }) => ({ currency, kind })).sort(
    (a, b) => a.currency.localeCompare(b.currency) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind),
  );
}

/** one row per day, currency and kind, on request further apart */
export function days(rows: readonly ReconciliationRow[], detail: boolean): SumRow[] {
  return sumBy(rows, (row) => ({
    day: row.day,
    currency: row.currency,
    kind: row.kind,
    parts: detail ? [row.hotel, row.tax ? t.reconciliation.taxes(row.tax) : "", row.payment_mode].filter(Boolean) : undefined,
  }));
}

/** how the other sides differ from QloApps, in words; none when all agree */
export function gaps(row: Pick<SumRow, (typeof sides)[number] | "currency">): string[] {
  const postedLikeQlo = same(row.posted, row.qloapps);
  const words: string[] = [];
  if (!postedLikeQlo) words.push(...apart(t.reconciliation.side.posted, row.posted, row.qloapps, row.currency));
  if (!same(row.zoho, row.qloapps)) words.push(...apart(t.reconciliation.side.zoho, row.zoho, row.qloapps, row.currency));
  return words;
}

function same(a: Figures, b: Figures): boolean {
  return a.count === b.count && isZero(subtractAmounts(a.amount, b.amount));
}

function apart(side: string, there: Figures, qloapps: Figures, currency: string): string[] {
  const words: string[] = [];
  const gap = subtractAmounts(there.amount, qloapps.amount);
  if (!isZero(gap)) {
    const amount = `${exactAmount(isNegative(gap) ? negated(gap) : gap, currency)} ${currency}`;
    words.push(isNegative(gap) ? t.reconciliation.gap.less(side, amount) : t.reconciliation.gap.more(side, amount));
  }
  const n = there.count - qloapps.count;
  if (n !== 0) words.push(n < 0 ? t.reconciliation.gap.docsFewer(side, -n) : t.reconciliation.gap.docsMore(side, n));
  return words;
}

/** how many documents QloApps has in all */
export function documentCount(rows: readonly ReconciliationRow[]): number {
  return rows.reduce((n, row) => n + Math.max(row.qloapps.count, row.zoho.count), 0);
}
