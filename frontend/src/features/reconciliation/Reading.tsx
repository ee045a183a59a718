import { Alert, Anchor, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconHourglass, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Reconciliation } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Chip } from "@/components/Chip";
import { told } from "@/components/notify";
import { When } from "@/components/When";
import { RunBar } from "@/features/runs/RunProgress";
import { activeRunsQuery, isActive, useRun } from "@/features/runs/runs.api";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import classes from "./Reconciliation.module.css";
import type { Period } from "./period";
import { useRefresh } from "./reconciliation.api";

const day = 24 * 60 * 60 * 1000;

/** how old the figures are and whether all days were read, and the way to read them again */
export function Reading({ found, period }: { found: Reconciliation; period: Period }) {
  const refresh = useRefresh();
  const { data: active = [] } = useQuery(activeRunsQuery);
  const [last, setLast] = useState<string>();
  const running = active.find((run) => run.kind === "reconcile")?.id;
  useEffect(() => {
    if (running) setLast(running);
  }, [running]);
  const started = refresh.data?.id ?? last;
  const read = found.as_of !== null;
  const old = read && Date.now() - Date.parse(found.as_of ?? "") > day;
  return (
    <section className={`q-panel ${classes.reading}`} aria-label={t.reconciliation.asOf}>
      <div>
        <Group gap="sm">
          {found.complete ? (
            <Chip tone="good" icon={IconCircleCheck}>{t.reconciliation.complete}</Chip>
          ) : read ? (
            <Chip tone="attention" icon={IconHourglass}>{t.reconciliation.partial}</Chip>
          ) : (
            <Chip tone="quiet" icon={IconCircleDashed}>{t.reconciliation.unread}</Chip>
          )}
          {read ? (
            <Text size="sm">
              {t.reconciliation.asOf} <When at={found.as_of} />
            </Text>
          ) : null}
        </Group>
        <Text size="sm" c="dimmed" mt={4} maw="80ch">
          {!found.complete && found.read_to ? `${t.reconciliation.readTo(formatDay(found.read_to))} ` : ""}
          {found.complete ? t.reconciliation.completeText : read ? t.reconciliation.partialText : t.reconciliation.unreadText} {old ? t.reconciliation.oldText : ""}
        </Text>
      </div>
      <ActionButton
        needs="accountant"
        variant={found.complete && !old ? "default" : "filled"}
        leftSection={<IconRefresh size={17} aria-hidden />}
        loading={refresh.isPending || Boolean(running)}
        onClick={() => told(refresh.mutateAsync(period))}
      >
        {t.reconciliation.refresh}
      </ActionButton>
      {started ? <Progress id={started} /> : null}
    </section>
  );
}

/** the run that reads, until it has ended well */
function Progress({ id }: { id: string }) {
  const { data: run } = useRun(id);
  if (!run || run.status === "done" || run.status === "canceled") return null;
  if (!isActive(run)) {
    return (
      <Alert className={classes.wide} variant="default" icon={<IconAlertTriangle />} title={t.reconciliation.failed} role="alert">
        <Text size="sm">
          {run.error?.detail} {run.error?.action}
        </Text>
      </Alert>
    );
  }
  return (
    <div className={classes.wide} role="status">
      <RunBar run={run} label={t.reconciliation.refreshing} />
      <Text size="sm" mt={6}>
        {run.result ? t.reconciliation.waits : t.reconciliation.refreshing}{" "}
        <Anchor component={Link} to={`/runs/${run.id}`} inherit underline="always">
          {t.reconciliation.showRun}
        </Anchor>
      </Text>
    </div>
  );
}
