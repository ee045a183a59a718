import { Table } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Figures } from "@/api/types";
import { Wide } from "@/components/Wide";
import { exactAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import classes from "./Reconciliation.module.css";
import { gaps, type SumRow } from "./sums";

export type Head = { id: string; label: string; cell: (row: SumRow) => ReactNode };

/** the three sides of each row beside each other; on a narrow screen one card per row */
export function FigureTable({ label, heads, rows }: { label: string; heads: Head[]; rows: SumRow[] }) {
  return (
    <Wide label={label}>
      <Table className={classes.figures} aria-label={label} verticalSpacing={7} horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head.id} scope="col">{head.label}</Table.Th>
            ))}
            <Table.Th scope="col" className="q-num">{t.reconciliation.qloapps}</Table.Th>
            <Table.Th scope="col" className="q-num">{t.reconciliation.posted}</Table.Th>
            <Table.Th scope="col" className="q-num">{t.reconciliation.zoho}</Table.Th>
            <Table.Th scope="col">{t.reconciliation.result}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.key} row={row} heads={heads} />
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  );
}

function Row({ row, heads }: { row: SumRow; heads: Head[] }) {
  const words = gaps(row);
  return (
    <Table.Tr data-differs={words.length > 0 || undefined}>
      {heads.map((head, at) =>
        at === 0 ? (
          <Table.Th key={head.id} scope="row" className={classes.head}>{head.cell(row)}</Table.Th>
        ) : (
          <Table.Td key={head.id} className={classes.more}>{head.cell(row)}</Table.Td>
        ),
      )}
      <Side figures={row.qloapps} currency={row.currency} label={t.reconciliation.qloapps} />
      <Side figures={row.posted} currency={row.currency} label={t.reconciliation.posted} />
      <Side figures={row.zoho} currency={row.currency} label={t.reconciliation.zoho} />
      <Table.Td data-label={t.reconciliation.result} className={classes.result}>
        {words.length === 0 ? (
          <span className={classes.agrees}>
            <IconCheck size={15} stroke={2} aria-hidden /> {t.reconciliation.agrees}
          </span>
        ) : (
          <ul className={classes.gaps}>
            {words.map((one) => (
              <li key={one}>
                <IconAlertTriangle size={15} stroke={1.9} aria-hidden />
                {one}
              </li>
            ))}
          </ul>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Side({ figures, currency, label }: { figures: Figures; currency: string; label: string }) {
  return (
    <Table.Td className="q-num" data-label={label}>
      {figures.count === 0 ? (
        <span className={classes.none}>{t.reconciliation.none}</span>
      ) : (
        <span className={classes.side}>
          <span className={classes.count}>
            {figures.count} ×
          </span>{" "}
          {exactAmount(figures.amount, currency)}
        </span>
      )}
    </Table.Td>
  );
}
