import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { PhaseCount } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Panel } from "@/components/Panel";
import { isZero } from "@/lib/money";
import { phases } from "@/lib/sections";
import { formatMonth } from "@/lib/time";
import { phaseName, t } from "@/lib/texts";
import classes from "./Overview.module.css";

/** the orders of the month by phase, each part a link to its orders */
export function PhaseBand({ orders, today }: { orders: Record<string, PhaseCount>; today: string }) {
  const month = today.slice(0, 7);
  const shown = phases.filter((phase) => (orders[phase]?.count ?? 0) > 0);
  const total = shown.reduce((n, phase) => n + (orders[phase]?.count ?? 0), 0);
  return (
    <Panel title={t.overview.orders(formatMonth(month))}>
      {total === 0 ? <Text c="dimmed">{t.overview.ordersNone}</Text> : null}
      {total > 0 ? (
        <ul className={classes.band}>
          {shown.map((phase) => {
            const part = orders[phase] as PhaseCount;
            return (
              <li key={phase} style={{ flexGrow: Math.max(part.count / total, 0.16) }}>
                <Link to="/synchronization/orders" search={{ phase, from: `${month}-01`, to: lastOf(month) } as never} data-phase={phase}>
                  <span className={classes.phase}>{phaseName[phase]}</span>
                  <strong>{t.overview.ordersOf(part.count)}</strong>
                  {part.amounts.map((sum) => (
                    <span key={sum.currency} className={classes.sum}>
                      {phase === "payment_sync" && !isZero(sum.due) ? (
                        <>
                          <Amount value={sum.due} currency={sum.currency} /> {t.overview.due}
                        </>
                      ) : (
                        <Amount value={sum.total} currency={sum.currency} />
                      )}
                    </span>
                  ))}
                </Link>
              </li>
            );
          })}
        </ul>
      ) : null}
    </Panel>
  );
}

function lastOf(month: string): string {
  const [year = 2000, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
