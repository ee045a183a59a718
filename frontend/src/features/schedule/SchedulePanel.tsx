import { Group, Stack, Table, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { asTick, type ScheduleKind, type ScheduleState } from "@/api/contract";
import { ActionButton } from "@/components/ActionButton";
import { confirm } from "@/components/confirm";
import { Chip, RunChip } from "@/components/Chip";
import { notifyDone, told, useAsked } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { runTitle } from "@/features/runs/runTitle";
import { TickTable } from "@/features/runs/TickTable";
import { t } from "@/lib/texts";
import { scheduleQuery, usePause, useRunNow } from "./schedule.api";

/** what works by itself: whether, when, what the last run found, and a way to start it now */
export function SchedulePanel() {
  const schedule = useQuery(scheduleQuery);
  if (schedule.isPending) return <Rows count={5} />;
  if (!schedule.data) return <Failure error={schedule.error} retry={() => schedule.refetch()} />;
  return (
    <>
      {schedule.isError ? <Stale retry={() => schedule.refetch()} /> : null}
      <State schedule={schedule.data} />
      <LastRun schedule={schedule.data} />
    </>
  );
}

function State({ schedule }: { schedule: ScheduleState }) {
  const on = schedule.enabled && !schedule.paused;
  const rows: [string, ReactNode][] = [
    [t.schedule.interval, t.schedule.every(schedule.interval_minutes)],
    [t.schedule.daily, schedule.launch_time ? t.schedule.dailyAt(schedule.launch_time) : t.schedule.dailyNone],
    [t.schedule.next, on ? <When key="next" at={schedule.next_run_at} /> : t.schedule.nextNone],
  ];
  return (
    <Panel
      title={on ? t.schedule.on : t.schedule.off}
      note={on ? t.schedule.onText(schedule.interval_minutes) : t.schedule.offText}
      actions={
        <Group gap="sm">
          <Chip tone={on ? "good" : "attention"} icon={on ? IconPlayerPlay : IconPlayerPause}>
            {schedule.running ? t.schedule.running : on ? t.schedule.stateOn : t.schedule.stateOff}
          </Chip>
          <PauseButton on={on} />
        </Group>
      }
    >
      <Table variant="vertical" layout="fixed" maw={560}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w="40%" scope="row">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <RunNow kind="tick" label={t.schedule.runTick} hint={t.schedule.runTickHint} />
      <RunNow kind="daily" label={t.schedule.runDaily} hint={t.schedule.runDailyHint} />
    </Panel>
  );
}

function PauseButton({ on }: { on: boolean }) {
  const pause = usePause();
  const set = (value: boolean) =>
    told(pause.mutateAsync(value), () => notifyDone(value ? t.schedule.paused : t.schedule.resumed));
  return (
    <ActionButton
      needs="admin"
      variant="default"
      loading={pause.isPending}
      onClick={() =>
        on
          ? confirm({
              title: t.schedule.pauseTitle,
              text: t.schedule.pauseText,
              confirm: t.schedule.pause,
              cancel: t.cancel,
              act: () => set(true),
            })
          : set(false)
      }
    >
      {on ? t.schedule.pause : t.schedule.resume}
    </ActionButton>
  );
}

function RunNow({ kind, label, hint }: { kind: ScheduleKind; label: string; hint: string }) {
  const run = useRunNow();
  const asked = useAsked();
  return (
    <Stack gap={4} align="flex-start">
      <Group gap="sm">
        <ActionButton
          needs="accountant"
          variant="default"
          loading={run.isPending}
          onClick={() =>
            asked(run.mutateAsync(kind), (started) =>
              notifyDone(
                <>
                  {t.schedule.started} <Link to={`/runs/${started.id}`}>{t.schedule.showRun}</Link>
                </>,
              ),
            )
          }
        >
          {label}
        </ActionButton>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </Group>
      {run.isError ? <Failure error={run.error} /> : null}
    </Stack>
  );
}

function LastRun({ schedule }: { schedule: ScheduleState }) {
  const run = schedule.last_run;
  const tick = asTick(run?.result);
  return (
    <Panel title={t.schedule.last} actions={run ? <RunChip status={run.status} /> : null}>
      {!run ? <Text c="dimmed">{t.schedule.lastNone}</Text> : null}
      {run ? (
        <Text size="sm">
          {runTitle(run)}, <When at={run.finished_at ?? run.started_at ?? run.created_at} />.{" "}
          <Link to={`/runs/${run.id}`} style={{ color: "var(--mantine-color-anchor)" }}>
            {t.schedule.showRun}
          </Link>
        </Text>
      ) : null}
      {run?.error ? (
        <Text size="sm">
          {run.error.title} {run.error.detail} {run.error.action}
        </Text>
      ) : null}
      {tick ? <TickTable result={tick} /> : null}
    </Panel>
  );
}
