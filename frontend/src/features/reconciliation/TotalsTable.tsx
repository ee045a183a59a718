import { useMemo } from "react";
import type { ReconciliationRow } from "@/api/types";
import { Panel } from "@/components/Panel";
import { t } from "@/lib/texts";
import { FigureTable, type Head } from "./FigureTable";
import { totals } from "./sums";

export const totalHeads: Head[] = [
  { id: "currency", label: t.reconciliation.currency, cell: (row) => row.currency },
  { id: "kind", label: t.reconciliation.documents, cell: (row) => t.reconciliation.kinds[row.kind] ?? row.kind },
];

/** the sums of the whole range, each currency for itself */
export function TotalsTable({ rows }: { rows: ReconciliationRow[] }) {
  const sums = useMemo(() => totals(rows), [rows]);
  if (sums.length === 0) return null;
  return (
    <Panel title={t.reconciliation.totals} note={t.reconciliation.totalsNote}>
      <FigureTable label={t.reconciliation.totals} heads={totalHeads} rows={sums} />
    </Panel>
  );
}
