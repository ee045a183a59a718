import { Anchor, Button, Checkbox, Group, Select, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Run } from "@/api/types";
import { RunChip } from "@/components/Chip";
import { Page } from "@/components/Page";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { dayIn, formatDay } from "@/lib/time";
import { runKindName, t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { kindsOf, outcomes, runKinds, type RunSearch } from "./filters";
import { RunBar } from "./RunProgress";
import { runTitle } from "./runTitle";
import classes from "./RunsPage.module.css";
import { counted, isActive, runsQuery } from "./runs.api";

/** what was started, as a timeline: one sentence each, by day */
export function RunsPage({ search }: { search: RunSearch }) {
  const runs = useInfiniteQuery(runsQuery({ ...search, kinds: kindsOf(search) }));
  const navigate = useNavigate();
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  const change = (next: Partial<RunSearch>) => navigate({ to: "/runs", search: { ...search, ...next } as never });
  const filtered = Object.keys(search).some((key) => key !== "all");
  return (
    <Page title={t.runs.title} intro={t.runs.intro}>
      <Filters search={search} items={items} change={change} />
      {runs.isError && runs.data ? <Stale retry={() => runs.refetch()} /> : null}
      {runs.isPending ? <Rows /> : null}
      {runs.isError && !runs.data ? <Failure error={runs.error} retry={() => runs.refetch()} /> : null}
      {runs.data && items.length === 0 ? <Empty title={filtered ? t.runs.noMatch : t.runs.none}>{filtered ? undefined : t.runs.noneHint}</Empty> : null}
      <Timeline items={items} />
      {runs.hasNextPage ? (
        <Button variant="default" onClick={() => runs.fetchNextPage()} loading={runs.isFetchingNextPage}>
          {t.more}
        </Button>
      ) : null}
    </Page>
  );
}

function Filters({ search, items, change }: { search: RunSearch; items: Run[]; change: (next: Partial<RunSearch>) => void }) {
  const people = [...new Set([...items.map((run) => run.started_by), ...(search.by ? [search.by] : [])])].sort();
  return (
    <Group gap="sm" align="flex-end">
      <Select label={t.runs.kind} placeholder={t.runs.any} data={runKinds.map((value) => ({ value, label: runKindName[value] ?? value }))} value={search.kind ?? null} onChange={(kind) => change({ kind: (kind ?? undefined) as RunSearch["kind"] })} clearable clearButtonProps={{ "aria-label": `${t.runs.kind}: ${t.runs.any}` }} w={190} />
      <Select label={t.runs.by} placeholder={t.runs.anyone} data={people} value={search.by ?? null} onChange={(by) => change({ by: by ?? undefined })} clearable searchable clearButtonProps={{ "aria-label": `${t.runs.by}: ${t.runs.anyone}` }} w={170} />
      <Select label={t.runs.outcome} placeholder={t.runs.any} data={outcomes.map((value) => ({ value, label: t.runs.counts[value] }))} value={search.outcome ?? null} onChange={(outcome) => change({ outcome: (outcome ?? undefined) as RunSearch["outcome"] })} clearable clearButtonProps={{ "aria-label": `${t.runs.outcome}: ${t.runs.any}` }} w={150} />
      <TextInput type="date" label={t.runs.from} value={search.from ?? ""} onChange={(event) => change({ from: event.currentTarget.value || undefined })} w={145} />
      <TextInput type="date" label={t.runs.to} value={search.to ?? ""} onChange={(event) => change({ to: event.currentTarget.value || undefined })} w={145} />
      <Checkbox label={t.runs.quiet} checked={search.all === "1"} onChange={(event) => change({ all: event.currentTarget.checked ? "1" : undefined })} mb={8} />
    </Group>
  );
}

function Timeline({ items }: { items: Run[] }) {
  const zone = useZone();
  const days: [string, Run[]][] = [];
  for (const run of items) {
    const day = dayIn(zone, new Date(run.created_at));
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(run);
    else days.push([day, [run]]);
  }
  return days.map(([day, runs]) => (
    <section key={day} aria-label={formatDay(day)}>
      <Title order={2} mb="xs">
        {formatDay(day)}
      </Title>
      <ol className={`q-panel ${classes.timeline}`}>
        {runs.map((run) => (
          <li key={run.id}>
            <Line run={run} />
          </li>
        ))}
      </ol>
    </section>
  ));
}

function Line({ run }: { run: Run }) {
  return (
    <>
      <div className={classes.words}>
        <Text>
          <b>{run.started_by}</b>
          {": "}
          <Anchor component={Link} to={`/runs/${run.id}`} fw={550} inherit>
            {run.title || runTitle(run)}
          </Anchor>
        </Text>
        <Text size="sm" c="dimmed">
          {run.error ? `${run.error.title}. ${run.error.detail}` : run.sentence}
        </Text>
        {isActive(run) && run.status !== "waiting" ? (
          <div className={classes.progress}>
            <RunBar run={run} label={`${t.runs.progress}: ${run.title || runTitle(run)}`} />
            <Text size="xs" c="dimmed" mt={4}>
              {t.runs.of(String(counted(run)), String(run.total))}
            </Text>
          </div>
        ) : null}
      </div>
      <div className={classes.side}>
        {run.status === "done" ? null : <RunChip status={run.status} />}
        <Text size="sm" c="dimmed">
          <When at={run.created_at} />
        </Text>
      </div>
    </>
  );
}
