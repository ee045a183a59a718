import { Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import type { Reconciliation } from "@/api/types";
import { t } from "@/lib/texts";
import classes from "./Reconciliation.module.css";
import { periodName } from "./period";
import { documentCount, gaps, totals } from "./sums";

/** the answer first: the days agree, or so many differences */
export function Verdict({ found }: { found: Reconciliation }) {
  const name = periodName(found);
  const many = found.differences.length;
  const agree = many === 0 && totals(found.rows).every((row) => gaps(row).length === 0);
  const sure = found.complete;
  const tone = !agree ? "bad" : sure ? "good" : "open";
  const Icon = !agree ? IconAlertTriangle : sure ? IconCircleCheck : IconHelpCircle;
  return (
    <div className={classes.verdict} data-tone={tone} aria-live="polite">
      <Icon size={28} stroke={1.7} aria-hidden />
      <div>
        <Title order={2}>
          {agree ? (sure ? t.reconciliation.clean(name) : t.reconciliation.cleanUnread(name)) : t.reconciliation.differ(many, name)}
        </Title>
        <Text size="sm">{agree ? (sure ? t.reconciliation.cleanText(documentCount(found.rows)) : t.reconciliation.cleanPartial) : <Kinds found={found} />}</Text>
      </div>
    </div>
  );
}

function Kinds({ found }: { found: Reconciliation }) {
  const counts = new Map<string, number>();
  for (const one of found.differences) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1);
  return <>{[...counts].map(([kind, n]) => `${n} ${(t.reconciliation.kind[kind] ?? kind).toLowerCase()}`).join(", ")}</>;
}
