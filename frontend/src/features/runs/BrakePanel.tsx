import { Group, Text } from "@mantine/core";
import { useState } from "react";
import type { Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import { formatAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import { CancelButton } from "./CancelButton";
import classes from "./RunResult.module.css";
import { useReleaseRun } from "./runs.api";

/** a run that a brake stopped: what it wanted, what the limit allows, some of it by name, and the way out */
export function BrakePanel({ run }: { run: Run }) {
  const release = useReleaseRun();
  const [asking, setAsking] = useState(false);
  const { brake } = run;
  if (!brake) return null;
  const amount = brake.limit === "brake_max_amount";
  const show = (value: string) => (amount ? formatAmount(value) : value);
  const waiting = run.status === "waiting";
  return (
    <Panel title={waiting ? t.runs.brakeWaits : t.runs.brake}>
      <Text>{t.runs.brakeText(t.runs.brakeLimit[brake.limit] ?? brake.limit, show(brake.wanted), show(brake.allowed))}</Text>
      {brake.sample?.length ? (
        <section aria-label={t.runs.sample}>
          <Text size="sm" fw={550} mb={4}>
            {t.runs.sample}
          </Text>
          <ul className={classes.sample}>
            {brake.sample.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ) : null}
      {waiting ? (
        <>
          <Text size="sm" c="dimmed">
            {t.runs.releaseHint}
          </Text>
          <Group gap="sm">
            <ActionButton needs="accountant" onClick={() => setAsking(true)}>
              {t.runs.release}
            </ActionButton>
            <CancelButton run={run} />
          </Group>
        </>
      ) : null}
      {asking ? (
        <ReasonDialog
          title={t.runs.releaseTitle(show(brake.wanted))}
          text={t.runs.releaseText}
          confirm={t.runs.release}
          close={() => setAsking(false)}
          act={(reason) => release.mutateAsync({ id: run.id, reason }).then(() => notifyDone(t.runs.released))}
        />
      ) : null}
    </Panel>
  );
}
