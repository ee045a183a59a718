import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { ReconciliationRow } from "@/api/types";
import { Panel } from "@/components/Panel";
import { formatDay } from "@/lib/time";
import { t } from "@/lib/texts";
import { FigureTable, type Head } from "./FigureTable";
import type { ReconciliationSearch } from "./period";
import { days, gaps } from "./sums";

const atOnce = 120; // rows drawn before somebody asks for all

const plain: Head[] = [
  { id: "day", label: t.reconciliation.day, cell: (row) => formatDay(row.day ?? "") },
  { id: "kind", label: t.reconciliation.documents, cell: (row) => t.reconciliation.kinds[row.kind] ?? row.kind },
  { id: "currency", label: t.reconciliation.currency, cell: (row) => row.currency },
];

const detailed: Head[] = [...plain, { id: "parts", label: t.reconciliation.hotel, cell: (row) => row.parts?.join(" · ") || "–" }];

type Props = { rows: ReconciliationRow[]; search: ReconciliationSearch; change: (next: Partial<ReconciliationSearch>) => void };

/** every day by kind and currency */
export function DayTable({ rows, search, change }: Props) {
  const detail = search.detail === "1";
  const only = search.only === "1";
  const [all, setAll] = useState(false);
  const sums = useMemo(() => days(rows, detail).filter((row) => !only || gaps(row).length > 0), [rows, detail, only]);
  if (rows.length === 0) return null;
  const shown = all ? sums : sums.slice(0, atOnce);
  return (
    <Panel title={t.reconciliation.rows} note={t.reconciliation.rowsNote}>
      <Group gap="lg">
        <Checkbox label={t.reconciliation.onlyDiffering} checked={only} onChange={() => change({ only: only ? undefined : "1" })} />
        <Checkbox label={t.reconciliation.detail} checked={detail} onChange={() => change({ detail: detail ? undefined : "1" })} />
      </Group>
      {sums.length === 0 ? <Text c="dimmed">{t.reconciliation.noneDiffer}</Text> : <FigureTable label={t.reconciliation.rows} heads={detail ? detailed : plain} rows={shown} />}
      {shown.length < sums.length ? (
        <Button variant="default" onClick={() => setAll(true)} style={{ alignSelf: "flex-start" }}>
          {t.reconciliation.showAll(sums.length)}
        </Button>
      ) : null}
    </Panel>
  );
}
