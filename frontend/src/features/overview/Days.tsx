import { Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { OverviewDay } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Panel } from "@/components/Panel";
import { Rows } from "@/components/states";
import { addAmounts, isNegative, isZero, subtractAmounts } from "@/lib/money";
import { formatDay } from "@/lib/time";
import { t } from "@/lib/texts";
import classes from "./Overview.module.css";

const DaysChart = lazy(() => import("./DaysChart").then((m) => ({ default: m.DaysChart })));

/** what of a day's bill is not posted; nothing when more is */
export function gapOf(day: OverviewDay): string {
  const gap = subtractAmounts(day.source, day.invoices);
  return isNegative(gap) ? "0.00" : gap;
}

/** thirty days of what was posted against what QloApps billed, as a chart with a table behind it */
export function Days({ days, today }: { days: OverviewDay[]; today: string }) {
  const currencies = [...new Set(days.map((day) => day.currency))];
  const [chosen, setChosen] = useState<string | null>(null);
  const [table, setTable] = useState(false);
  if (days.length === 0) {
    return (
      <Panel title={t.overview.days}>
        <Text c="dimmed">{t.overview.daysNone}</Text>
      </Panel>
    );
  }
  const currency = chosen && currencies.includes(chosen) ? chosen : busiest(days, currencies);
  const shown = days.filter((day) => day.currency === currency);
  const gap = addAmounts(shown.map(gapOf));
  return (
    <Panel
      title={t.overview.days}
      note={t.overview.daysNote}
      actions={
        <Group gap="sm">
          {currencies.length > 1 ? <SegmentedControl size="xs" data={currencies} value={currency} onChange={setChosen} aria-label={t.overview.currency} /> : null}
          <Button variant="default" size="compact-sm" aria-pressed={table} onClick={() => setTable(!table)}>
            {table ? t.overview.daysChart : t.overview.daysTable}
          </Button>
        </Group>
      }
    >
      <Text size="sm" role="status">
        {isZero(gap) ? t.overview.noGap : <GapSentence amount={gap} currency={currency} />}
      </Text>
      {table ? (
        <DayTable days={shown} />
      ) : (
        <Suspense fallback={<Rows count={4} />}>
          <DaysChart days={shown} today={today} currency={currency} />
        </Suspense>
      )}
    </Panel>
  );
}

function GapSentence({ amount, currency }: { amount: string; currency: string }) {
  const [before = "", after = ""] = t.overview.gapSum("\u0000").split("\u0000");
  return (
    <>
      {before}
      <Amount value={amount} currency={currency} strong />
      {after}
    </>
  );
}

function busiest(days: readonly OverviewDay[], currencies: readonly string[]): string {
  return [...currencies].sort((a, b) => days.filter((day) => day.currency === b).length - days.filter((day) => day.currency === a).length)[0] ?? "";
}

function DayTable({ days }: { days: readonly OverviewDay[] }) {
  const cell = (value: string, currency: string) => (
    <Table.Td className="q-num">
      <Amount value={value} currency={currency} />
    </Table.Td>
  );
  return (
    <div className={classes.scroll} role="region" aria-label={t.overview.days} tabIndex={0}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.overview.day}</Table.Th>
            {[t.overview.source, t.overview.invoices, t.overview.gap, t.overview.creditNotes, t.overview.payments].map((name) => (
              <Table.Th key={name} className="q-num">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...days].reverse().map((day) => (
            <Table.Tr key={day.day}>
              <Table.Th scope="row" fw={400}>
                {formatDay(day.day)}
              </Table.Th>
              {cell(day.source, day.currency)}
              {cell(day.invoices, day.currency)}
              {cell(gapOf(day), day.currency)}
              {cell(day.credit_notes, day.currency)}
              {cell(day.payments, day.currency)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
