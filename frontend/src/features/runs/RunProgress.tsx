import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Run } from "@/api/types";
import { formatAmount } from "@/lib/money";
import { formatDuration } from "@/lib/time";
import { t } from "@/lib/texts";
import { counted, isActive } from "./runs.api";
import classes from "./RunProgress.module.css";

const parts = ["done", "unchanged", "skipped", "held", "failed"] as const;

/** the bar of a run, split by outcome, with words beside it */
export function RunBar({ run, label }: { run: Run; label: string }) {
  const total = Math.max(run.total, counted(run));
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total || 1}
      aria-valuenow={counted(run)}
      aria-valuetext={t.runs.of(String(counted(run)), String(run.total))}
      data-busy={run.status === "running" && total === 0 ? true : undefined}
    >
      {total > 0
        ? parts.map((part) =>
            run[part] > 0 ? (
              <span key={part} className={classes[part]} style={{ width: `${(run[part] / total) * 100}%` }} />
            ) : null,
          )
        : null}
    </div>
  );
}

export function timeLeft(run: Run, now: number): string | null {
  if (!isActive(run) || !run.eta) return null;
  return t.runs.left(formatDuration(Math.max(0, (Date.parse(run.eta) - now) / 1000)));
}

/** the five counts, each with its word; one that is not zero leads to its records */
export function RunCounts({ run, chosen }: { run: Run; chosen?: string }) {
  return (
    <dl className={classes.counts}>
      {parts.map((part) => (
        <div key={part}>
          <dt>
            <span className={`${classes.key} ${classes[part]}`} aria-hidden />
            {t.runs.counts[part]}
          </dt>
          <dd>
            {run[part] > 0 && run.section ? (
              <Link to="/runs/$id" params={{ id: run.id }} search={part === chosen ? {} : { outcome: part }} aria-label={`${t.runs.counts[part]}: ${run[part]}`} aria-current={part === chosen || undefined} style={{ color: "inherit" }} resetScroll={false}>
                {formatAmount(String(run[part]))}
              </Link>
            ) : (
              formatAmount(String(run[part]))
            )}
          </dd>
          <dd className={classes.meaning}>{t.runs.countMeaning[part]}</dd>
        </div>
      ))}
    </dl>
  );
}

export function RunLine({ run }: { run: Run }) {
  const left = timeLeft(run, Date.now());
  if (isActive(run) && run.total === 0) return null; // how many there are is not known yet
  return (
    <Group gap="sm" justify="space-between">
      <Text size="sm">{t.runs.of(formatAmount(String(counted(run))), formatAmount(String(run.total)))}</Text>
      {left ? (
        <Text size="sm" c="dimmed">
          {left}
        </Text>
      ) : null}
    </Group>
  );
}
