import { Button, Table, Text } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { Budget, CallsLeft } from "@/api/types";
import { Panel } from "@/components/Panel";
import { Rows } from "@/components/states";
import { When } from "@/components/When";
import { formatAmount } from "@/lib/money";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { type Burn, burnOf } from "./burn";
import classes from "./Overview.module.css";

const CallsChart = lazy(() => import("./CallsChart").then((m) => ({ default: m.CallsChart })));

/** until when the calls of the day last at the pace since its beginning; null = to its end */
export function lastsUntil(day: Budget["day"], now: number): number | null {
  const ends = Date.parse(day.resets_at);
  const begun = ends - 86_400_000;
  const used = day.limit - day.left;
  if (used <= 0 || now <= begun) return null;
  const until = now + (day.left / used) * (now - begun);
  return until < ends ? until : null;
}

/** how the day's calls become fewer, as a chart with a table behind it, and how long they last */
export function Calls({ budget, calls }: { budget: Budget | null; calls: readonly CallsLeft[] }) {
  const zone = useZone();
  const [table, setTable] = useState(false);
  if (!budget) {
    return (
      <Panel title={t.overview.budget}>
        <Text c="dimmed">{t.overview.budgetUnknown}</Text>
      </Panel>
    );
  }
  const { day, minute } = budget;
  const burn = burnOf(day, calls);
  const until = lastsUntil(day, Date.now());
  return (
    <Panel
      title={t.overview.budget}
      actions={
        burn ? (
          <Button variant="default" size="compact-sm" aria-pressed={table} onClick={() => setTable(!table)}>
            {table ? t.overview.daysChart : t.overview.daysTable}
          </Button>
        ) : null
      }
    >
      <Text>{t.overview.today(formatAmount(String(day.left)), formatAmount(String(day.limit)))}</Text>
      {burn && table ? <CallsTable burn={burn} /> : null}
      {burn && !table ? (
        <Suspense fallback={<Rows count={3} />}>
          <CallsChart burn={burn} />
        </Suspense>
      ) : null}
      <Text size="sm" fw={550}>
        {day.left <= 0 ? t.overview.usedUp : until === null ? t.overview.enoughDay : t.overview.enough(formatInstant(new Date(until).toISOString(), zone))}
      </Text>
      <Text size="sm" c="dimmed">
        {t.overview.byUs} {formatAmount(String(day.used_by_us))} · {t.overview.byOthers} {formatAmount(String(day.used_by_others))} · {t.overview.minute(formatAmount(String(minute.used)), formatAmount(String(minute.limit)))}
      </Text>
      <Text size="sm" c="dimmed">
        {t.overview.resets} <When at={day.resets_at} />
      </Text>
      {budget.paused_until ? (
        <Text size="sm">
          {t.overview.paused} <When at={budget.paused_until} />
        </Text>
      ) : null}
    </Panel>
  );
}

function CallsTable({ burn }: { burn: Burn }) {
  return (
    <div className={classes.scroll} role="region" aria-label={t.overview.callsChart} tabIndex={0}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.overview.at}</Table.Th>
            <Table.Th className="q-num">{t.overview.callsLeft}</Table.Th>
            <Table.Th className="q-num">{t.overview.even}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...burn.points].reverse().map((point) => (
            <Table.Tr key={point.at}>
              <Table.Th scope="row" fw={400}>
                <When at={new Date(point.at).toISOString()} plain />
              </Table.Th>
              <Table.Td className="q-num">{point.left === undefined ? "–" : formatAmount(String(point.left))}</Table.Td>
              <Table.Td className="q-num">{formatAmount(String(point.even))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
