import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { IssueGroup, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { Page } from "@/components/Page";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import { RunBar } from "@/features/runs/RunProgress";
import { isActive, useRun } from "@/features/runs/runs.api";
import { focusOn } from "@/lib/focus";
import { linkOf } from "@/lib/link";
import { cureLink, runStatusName, t } from "@/lib/texts";
import classes from "./IssuesPage.module.css";
import { Cures } from "./Cures";
import { keyOf, waitsForYou } from "./issues";
import { issuesQuery, useHandle } from "./issues.api";
import { RetryDialog } from "./RetryDialog";

/** everything that waits for a person, grouped by what cures it */
export function IssuesPage() {
  const issues = useQuery(issuesQuery);
  const [asking, setAsking] = useState<IssueGroup | null>(null);
  const [runs, setRuns] = useState<Record<string, string>>({});
  const items = issues.data?.items;
  const [handling, setHandling] = useState<IssueGroup | null>(null);
  const handle = useHandle();
  const yours = items?.filter(waitsForYou) ?? [];
  const rest: [string, IssueGroup[]][] = [
    [t.issues.byItself, items?.filter((item) => !waitsForYou(item) && !item.handled) ?? []],
    [t.issues.handledTitle, items?.filter((item) => !waitsForYou(item) && item.handled) ?? []],
  ];
  const close = () => {
    setAsking(null);
    if (asking) focusOn(`[data-issue="${asking.code}"]`);
  };
  return (
    <Page title={t.issues.title} intro={t.issues.intro}>
      {issues.isPending ? <Rows count={6} /> : null}
      {issues.isError && !issues.data ? <Failure error={issues.error} retry={() => issues.refetch()} /> : null}
      {issues.isError && issues.data ? <Stale retry={() => issues.refetch()} /> : null}
      {items && yours.length === 0 ? (
        <Empty title={t.issues.none} icon={<IconCircleCheck size={30} stroke={1.7} color="var(--mantine-color-anchor)" aria-hidden />}>
          {t.issues.noneText}
        </Empty>
      ) : null}
      {yours.length > 0 ? (
        <Stack gap="md">
          <Text size="sm" c="dimmed" role="status">
            {t.issues.summary(
              yours.reduce((n, item) => n + item.count, 0),
              yours.length,
            )}
          </Text>
          {yours.map((item) => (
            <Cause key={keyOf(item)} item={item} run={runs[item.code]} ask={() => setAsking(item)} handle={() => setHandling(item)} />
          ))}
        </Stack>
      ) : null}
      {rest.map(([title, list]) =>
        list.length > 0 ? (
          <Stack key={title} component="section" gap="md" aria-label={title}>
            <Title order={2}>{title}</Title>
            {list.map((item) => (
              <Cause key={keyOf(item)} item={item} run={runs[item.code]} ask={() => setAsking(item)} handle={() => setHandling(item)} />
            ))}
          </Stack>
        ) : null,
      )}
      {handling ? (
        <ReasonDialog
          title={t.issues.handleTitle(handling.title)}
          text={t.issues.handleText}
          confirm={t.issues.handle}
          close={() => setHandling(null)}
          act={(reason) => handle.mutateAsync({ code: handling.code, reason })}
        />
      ) : null}
      {asking ? <RetryDialog item={asking} close={close} started={(run: Run) => setRuns({ ...runs, [asking.code]: run.id })} /> : null}
    </Page>
  );
}

type CauseProps = { item: IssueGroup; run?: string; ask: () => void; handle: () => void };

function Cause({ item, run, ask, handle }: CauseProps) {
  const place = item.cures?.some((cure) => cure.link) ? undefined : cureLink[item.code];
  const documents = item.kind === "documents" || !item.kind;
  const count = item.kind === "runs" ? t.issues.runs : item.kind === "payments" ? t.issues.payments : t.issues.documents;
  return (
    <article className={`q-panel ${classes.cause}`} aria-label={item.title}>
      <div className={classes.words}>
        <Title order={2}>{item.title}</Title>
        <p>{item.explanation}</p>
        <p className={classes.cure}>
          {t.detail.cure}: {item.action}
        </p>
        {place ? (
          <p>
            <Anchor component={Link} to={place.to} inherit underline="always">
              {place.label}
            </Anchor>
          </p>
        ) : null}
        <Cures item={item} without={(cure) => cure.path?.startsWith("/api/v1/issues/") ?? false} />
        {item.handled ? <p>{t.issues.handledBy(item.handled.by, item.handled.reason)}</p> : null}
      </div>
      <div className={classes.figures}>
        {item.kind === "worker" ? null : <strong>{count(item.count)}</strong>}
        {item.amount_by_currency.length > 0 ? (
          <ul aria-label={t.issues.amounts}>
            {item.amount_by_currency.map((sum) => (
              <li key={sum.currency}>
                <Amount value={sum.amount} currency={sum.currency} />
              </li>
            ))}
          </ul>
        ) : null}
        <Seen item={item} />
      </div>
      <Group gap="md" className={classes.foot}>
        {documents && item.waits_for !== "time" ? (
          <ActionButton needs="operator" variant="default" onClick={ask} data-issue={item.code} aria-label={`${t.issues.retry}: ${item.title}`}>
            {t.issues.retry}
          </ActionButton>
        ) : null}
        {item.kind !== "runs" && item.kind !== "worker" && item.kind !== "periods" && waitsForYou(item) ? (
          <ActionButton needs="accountant" variant="subtle" onClick={handle} aria-label={`${t.issues.handle}: ${item.title}`}>
            {t.issues.handle}
          </ActionButton>
        ) : null}
        {item.sections.length > 0 ? (
          <span className={classes.links}>
            {t.issues.show}:{" "}
            {item.sections.map((one, at) => (
              <span key={one.section}>
                {at > 0 ? ", " : ""}
                <Anchor component={Link} {...linkOf(one.link)} inherit underline="always">
                  {(t.issues.records[one.section] ?? t.issues.documents)(one.count)}
                </Anchor>
              </span>
            ))}
          </span>
        ) : null}
        {run ? <Progress id={run} /> : null}
      </Group>
    </article>
  );
}

/** since when, and how often lately: fourteen thin bars with their number in words */
function Seen({ item }: { item: IssueGroup }) {
  const days = item.days ?? [];
  const most = Math.max(1, ...days);
  const sum = days.reduce((a, b) => a + b, 0);
  return (
    <>
      {item.first_seen ? (
        <small>
          {t.issues.seen} <When at={item.first_seen} />
          {item.last_seen && item.last_seen !== item.first_seen ? (
            <>
              , {t.issues.seenLast} <When at={item.last_seen} />
            </>
          ) : null}
        </small>
      ) : null}
      {sum > 0 ? (
        <span className={classes.days} role="img" aria-label={t.issues.days(sum)} title={t.issues.days(sum)}>
          {days.map((n, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place
            <i key={at} style={{ height: `${Math.max(2, Math.round((n / most) * 22))}px` }} data-some={n > 0 || undefined} />
          ))}
        </span>
      ) : null}
    </>
  );
}

/** what became of the retry */
function Progress({ id }: { id: string }) {
  const { data: run } = useRun(id);
  if (!run) return null;
  return (
    <div className={classes.run} role="status">
      {isActive(run) ? <RunBar run={run} label={t.issues.retry} /> : null}
      <Anchor component={Link} to={`/runs/${id}`} size="sm" underline="always">
        {t.runs.run}: {runStatusName[run.status] ?? run.status}
      </Anchor>
    </div>
  );
}
