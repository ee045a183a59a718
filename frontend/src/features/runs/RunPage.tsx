import { Alert, Anchor, Button, Group, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconWifiOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Run } from "@/api/types";
import { RunChip } from "@/components/Chip";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { refreshAfterRuns } from "@/features/records/live";
import { isOneOf, sections } from "@/lib/sections";
import { formatDuration } from "@/lib/time";
import { runStatusName, t } from "@/lib/texts";
import { BrakePanel } from "./BrakePanel";
import { CancelButton } from "./CancelButton";
import { runTitle } from "./runTitle";
import { RunBar, RunCounts, RunLine, timeLeft } from "./RunProgress";
import { type Outcome } from "./filters";
import { RunRecords } from "./RunRecords";
import { RunResult } from "./RunResult";
import { UndoButton } from "./UndoDialog";
import { isActive, useRun } from "./runs.api";

export function RunPage({ id, outcome }: { id: string; outcome?: Outcome }) {
  const run = useRun(id);
  const client = useQueryClient();
  const status = run.data?.status;
  useEffect(() => {
    if (status !== "done" && status !== "failed" && status !== "canceled") return;
    refreshAfterRuns(client);
    client.invalidateQueries({ queryKey: ["runs", "records", id] }); // the last of them ended with the run
  }, [client, id, status]);

  if (run.isPending) return <Page title={t.runs.run}><Rows count={5} /></Page>;
  if (!run.data) return <Page title={t.runs.run}><Failure error={run.error} retry={() => run.refetch()} /></Page>;
  return <RunView run={run.data} outcome={outcome} live={run.live} stale={run.isError} refetch={() => run.refetch()} />;
}

function RunView(props: { run: Run; outcome?: Outcome; live: boolean; stale: boolean; refetch: () => void }) {
  const { run } = props;
  const active = isActive(run);
  return (
    <Page
      title={run.title || runTitle(run)}
      intro={
        <Anchor component={Link} to="/runs" inherit underline="hover">
          {t.runs.back}
        </Anchor>
      }
      actions={run.status === "waiting" ? null : active ? <CancelButton run={run} /> : <><ShowRecords run={run} /><UndoButton run={run} /></>}
    >
      {props.stale ? <Stale retry={props.refetch} /> : null}
      {run.error ? (
        <Alert variant="default" icon={<IconAlertTriangle />} title={run.error.title} role="alert">
          <Text size="sm">{run.error.detail}</Text>
          <Text size="sm" fw={550}>{run.error.action}</Text>
        </Alert>
      ) : null}
      <BrakePanel run={run} />
      <Panel title={t.runs.progress} actions={<RunChip status={run.status} />}>
        {run.status === "waiting" ? null : <RunBar run={run} label={t.runs.progress} />}
        <Text>{run.sentence}</Text>
        <RunLine run={run} />
        {active && !props.live ? (
          <Group gap={6} c="dimmed">
            <IconWifiOff size={16} aria-hidden />
            <Text size="sm">{t.runs.polling}</Text>
          </Group>
        ) : null}
        <RunCounts run={run} chosen={props.outcome} />
        <div className="q-visually-hidden" aria-live="polite">
          {active ? "" : `${runTitle(run)}: ${runStatusName[run.status] ?? run.status}`}
        </div>
      </Panel>
      <RunResult run={run} />
      <RunRecords run={run} outcome={props.outcome} />
      <RunFacts run={run} />
    </Page>
  );
}

function ShowRecords({ run }: { run: Run }) {
  if (!isOneOf(sections, run.section)) return null;
  return (
    <Button component={Link} to={`/synchronization/${run.section}`} variant="default">
      {t.runs.showRecords}
    </Button>
  );
}

function RunFacts({ run }: { run: Run }) {
  const [now, setNow] = useState(Date.now());
  const active = isActive(run);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  const from = run.started_at ?? run.created_at;
  const took = ((run.finished_at ? Date.parse(run.finished_at) : now) - Date.parse(from)) / 1000;
  const rows: [string, React.ReactNode][] = [
    [t.runs.by, run.started_by],
    [t.runs.created, <When key="c" at={run.created_at} />],
    [t.runs.when, <When key="s" at={run.started_at} />],
    [t.runs.finished, <When key="f" at={run.finished_at} />],
    [t.runs.took, formatDuration(Math.max(0, took))],
    [
      t.runs.calls,
      run.calls_used > 0 ? (
        <Anchor key="l" component={Link} to="/logs" search={{ run: run.id } as never} inherit underline="always">
          {t.runs.showCalls(run.calls_used)}
        </Anchor>
      ) : (
        "0"
      ),
    ],
  ];
  if (active && run.status !== "waiting") rows.push([t.runs.eta, timeLeft(run, now) ?? t.runs.etaUnknown]);
  return (
    <Panel title={t.runs.facts}>
      <Table variant="vertical" withRowBorders layout="fixed" maw={560}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={150} scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
