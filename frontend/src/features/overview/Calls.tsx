import { Progress, Text } from "@mantine/core";
import type { Budget } from "@/api/types";
import { Panel } from "@/components/Panel";
import { When } from "@/components/When";
import { formatAmount } from "@/lib/money";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";

/** until when the calls of the day last at the pace since its beginning; null = to its end */
export function lastsUntil(day: Budget["day"], now: number): number | null {
  const ends = Date.parse(day.resets_at);
  const begun = ends - 86_400_000;
  const used = day.limit - day.left;
  if (used <= 0 || now <= begun) return null;
  const until = now + (day.left / used) * (now - begun);
  return until < ends ? until : null;
}

/** what is left of the day's calls, and how long it lasts */
export function Calls({ budget }: { budget: Budget | null }) {
  const zone = useZone();
  if (!budget) {
    return (
      <Panel title={t.overview.budget}>
        <Text c="dimmed">{t.overview.budgetUnknown}</Text>
      </Panel>
    );
  }
  const { day, minute } = budget;
  const left = day.limit > 0 ? (day.left / day.limit) * 100 : 100;
  const until = lastsUntil(day, Date.now());
  return (
    <Panel title={t.overview.budget}>
      <Text>{t.overview.today(formatAmount(String(day.left)), formatAmount(String(day.limit)))}</Text>
      <Progress value={left} aria-label={t.overview.budget} />
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
