import { Alert, Group, Loader, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Panel } from "@/components/Panel";
import { Failure, Note } from "@/components/states";
import { SetupSteps, setupSteps } from "@/features/runs/RunResult";
import { isActive, useRun } from "@/features/runs/runs.api";
import { formatDuration } from "@/lib/time";
import { t } from "@/lib/texts";
import { setupRunQuery, usePrepare } from "./start.api";

/** prepares Zoho Books; begin: at once, as it was asked for before the consent */
export function SetUpStep({ done, begin, finished }: { done: boolean; begin: boolean; finished: () => void }) {
  const prepare = usePrepare();
  const last = useQuery(setupRunQuery);
  const started = useRef(false);
  const [watched, setWatched] = useState(false);
  const id = prepare.data?.id ?? last.data?.id;
  useEffect(() => {
    if (!begin || started.current || last.isPending) return;
    started.current = true;
    setWatched(true);
    if (!last.data || !isActive(last.data)) prepare.mutate();
  }, [begin, last.isPending, last.data, prepare.mutate]);
  const button = (
    <Group>
      <ActionButton needs="admin" variant={done ? "default" : "filled"} loading={prepare.isPending} onClick={() => (setWatched(true), prepare.mutate())}>
        {done || id ? t.start.setUp.again : t.start.setUp.run}
      </ActionButton>
    </Group>
  );
  return (
    <Panel title={t.start.name.set_up ?? ""} note={t.start.what.set_up}>
      {prepare.isError ? <Failure error={prepare.error} /> : null}
      {id ? <SetupRun id={id} key={id} button={button} finished={watched ? finished : undefined} /> : (
        <>
          <Plan />
          <Note>{t.start.setUp.list}</Note>
          {button}
        </>
      )}
    </Panel>
  );
}

function Plan() {
  return (
    <ul style={{ margin: 0, paddingLeft: "1.2rem", display: "grid", gap: 4 }}>
      {t.start.setUp.plan.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function SetupRun({ id, button, finished }: { id: string; button: React.ReactNode; finished?: () => void }) {
  const { data: run } = useRun(id);
  const client = useQueryClient();
  const active = run ? isActive(run) : true;
  const ended = run ? !active : false;
  const good = run?.status === "done" && setupSteps(run).every((step) => step.status === "done" || step.status === "existed");
  const told = useRef(false);
  useEffect(() => {
    if (!ended) return;
    client.invalidateQueries({ queryKey: ["overview"] });
    client.invalidateQueries({ queryKey: ["mappings"] });
    if (good && finished && !told.current) {
      told.current = true;
      finished();
    }
  }, [client, ended, good, finished]);
  if (!run || active) return <AtWork run={run} />;
  return (
    <Stack gap="md">
      {run.error ? (
        <Alert variant="default" title={run.error.title} role="alert">
          {run.error.detail} {run.error.action}
        </Alert>
      ) : null}
      <SetupSteps steps={setupSteps(run)} />
      {button}
    </Stack>
  );
}

/** a live list in words: what is to come until the server tells what came of it */
export function AtWork({ run }: { run: Run | undefined }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const steps = run ? setupSteps(run) : [];
  const seconds = run ? Math.max(0, (now - Date.parse(run.started_at ?? run.created_at)) / 1000) : 0;
  return (
    <Stack gap="sm" role="status">
      <Group gap="sm">
        <Loader size="sm" aria-hidden />
        <Text fw={600}>{t.start.setUp.now}</Text>
        <Text size="sm" c="dimmed" aria-hidden>
          {t.start.setUp.since(seconds < 60 ? `${Math.round(seconds)} s` : formatDuration(seconds))}
        </Text>
      </Group>
      {steps.length > 0 ? <SetupSteps steps={steps} /> : null}
      <ul style={{ listStyle: "none", margin: 0, padding: 0, display: steps.length > 0 ? "none" : "grid", gap: 6 }}>
        {t.start.setUp.plan.map((line) => (
          <li key={line} style={{ display: "flex", gap: 8 }}>
            <IconCircleCheck size={18} stroke={1.4} aria-hidden style={{ opacity: 0.45 }} />
            <Text size="sm">{line}</Text>
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed">
        {t.start.setUp.takes}
      </Text>
    </Stack>
  );
}
