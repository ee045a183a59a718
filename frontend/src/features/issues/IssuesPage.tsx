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
import { RunBar } from "@/features/runs/RunProgress";
import { isActive, useRun } from "@/features/runs/runs.api";
import { focusOn } from "@/lib/focus";
import { linkOf } from "@/lib/link";
import { cureLink, runStatusName, t } from "@/lib/texts";
import classes from "./IssuesPage.module.css";
import { issuesQuery } from "./issues.api";
import { RetryDialog } from "./RetryDialog";

/** everything that waits for a person, grouped by what cures it */
export function IssuesPage() {
  const issues = useQuery(issuesQuery);
  const [asking, setAsking] = useState<IssueGroup | null>(null);
  const [runs, setRuns] = useState<Record<string, string>>({});
  const items = issues.data?.items;
  const close = () => {
    setAsking(null);
    if (asking) focusOn(`[data-issue="${asking.code}"]`);
  };
  return (
    <Page title={t.issues.title} intro={t.issues.intro}>
      {issues.isPending ? <Rows count={6} /> : null}
      {issues.isError && !issues.data ? <Failure error={issues.error} retry={() => issues.refetch()} /> : null}
      {issues.isError && issues.data ? <Stale retry={() => issues.refetch()} /> : null}
      {items?.length === 0 ? (
        <Empty title={t.issues.none} icon={<IconCircleCheck size={30} stroke={1.7} color="var(--mantine-color-anchor)" aria-hidden />}>
          {t.issues.noneText}
        </Empty>
      ) : null}
      {items && items.length > 0 ? (
        <Stack gap="md">
          <Text size="sm" c="dimmed" role="status">
            {t.issues.summary(t.issues.documents(items.reduce((n, item) => n + item.count, 0)), items.length)}
          </Text>
          {items.map((item) => (
            <Cause key={item.code} item={item} run={runs[item.code]} ask={() => setAsking(item)} />
          ))}
        </Stack>
      ) : null}
      {asking ? <RetryDialog item={asking} close={close} started={(run: Run) => setRuns({ ...runs, [asking.code]: run.id })} /> : null}
    </Page>
  );
}

function Cause({ item, run, ask }: { item: IssueGroup; run?: string; ask: () => void }) {
  const place = cureLink[item.code];
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
      </div>
      <div className={classes.figures}>
        <strong>{t.issues.documents(item.count)}</strong>
        {item.amount_by_currency.length > 0 ? (
          <ul aria-label={t.issues.amounts}>
            {item.amount_by_currency.map((sum) => (
              <li key={sum.currency}>
                <Amount value={sum.amount} currency={sum.currency} />
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <Group gap="md" className={classes.foot}>
        <ActionButton needs="operator" variant="default" onClick={ask} data-issue={item.code} aria-label={`${t.issues.retry}: ${item.title}`}>
          {t.issues.retry}
        </ActionButton>
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
        {run ? <Progress id={run} /> : null}
      </Group>
    </article>
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
