import { IconCircleCheck, IconCircleDashed, IconLock, IconEqualNot } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { OverviewMonth } from "@/api/types";
import { Panel } from "@/components/Panel";
import { formatMonth } from "@/lib/time";
import { t } from "@/lib/texts";
import classes from "./Overview.module.css";

const icons = { agrees: IconCircleCheck, differs: IconEqualNot, unread: IconCircleDashed, closed: IconLock } as const;

/** twelve months of the reconciliation: a sign and a word each */
export function Months({ months }: { months: OverviewMonth[] }) {
  if (months.length === 0) return null;
  return (
    <Panel title={t.overview.months} note={t.overview.monthsNote}>
      <ul className={classes.months}>
        {months.map((one) => {
          const Icon = icons[one.state as keyof typeof icons] ?? IconCircleDashed;
          const [year = 2000, number = 1] = one.month.split("-").map(Number);
          const to = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
          return (
            <li key={one.month}>
              <Link to="/reconciliation" search={{ from: `${one.month}-01`, to } as never} data-state={one.drifts > 0 ? "differs" : one.state} title={one.drifts > 0 ? t.closing.drifted(one.drifts) : one.state === "differs" ? t.overview.differences(one.differences) : undefined}>
                <span>{formatMonth(one.month).replace(/^(\w{3})\w*/, "$1")}</span>
                <Icon size={18} stroke={1.8} aria-hidden />
                <b>{one.drifts > 0 ? t.closing.changed(one.drifts) : one.state === "differs" ? t.overview.differences(one.differences) : (t.overview.month[one.state] ?? one.state)}</b>
              </Link>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
