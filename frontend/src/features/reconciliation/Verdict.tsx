import { Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import type { Reconciliation } from "@/api/types";
import { t } from "@/lib/texts";
import classes from "./Reconciliation.module.css";
import { periodName } from "./period";
import { documentCount, gaps, totals } from "./sums";

const looks = { bad: IconAlertTriangle, open: IconHelpCircle, good: IconCircleCheck };

/** the answer first: the days agree, or so many differences, or sums that no document explains yet */
export function Verdict({ found }: { found: Reconciliation }) {
  const { tone, title, text } = verdict(found);
  const Icon = looks[tone];
  return (
    <div className={classes.verdict} data-tone={tone} aria-live="polite">
      <Icon size={28} stroke={1.7} aria-hidden />
      <div>
        <Title order={2}>{title}</Title>
        <Text size="sm">{text}</Text>
      </div>
    </div>
  );
}

function verdict(found: Reconciliation): { tone: keyof typeof looks; title: string; text: string } {
  const words = t.reconciliation;
  const name = periodName(found);
  const many = found.differences.length;
  if (many > 0) return { tone: "bad", title: words.differ(many, name), text: kindsOf(found) };
  if (totals(found.rows).some((row) => gaps(row).length > 0)) return { tone: "open", title: words.sumsDiffer(name), text: words.sumsDifferText };
  if (!found.complete) return { tone: "open", title: words.cleanUnread(name), text: words.cleanPartial };
  return { tone: "good", title: words.clean(name), text: words.cleanText(documentCount(found.rows)) };
}

function kindsOf(found: Reconciliation): string {
  const counts = new Map<string, number>();
  for (const one of found.differences) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => `${n} ${(t.reconciliation.kind[kind] ?? kind).toLowerCase()}`).join(", ");
}
