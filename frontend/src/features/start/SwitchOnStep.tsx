import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, ask } from "@/api/client";
import { ActionButton } from "@/components/ActionButton";
import { Panel } from "@/components/Panel";
import { Failure, Rows } from "@/components/states";
import { AutomaticForm } from "@/features/automatic/AutomaticForm";
import { refreshRecords } from "@/features/records/live";
import { matchingQuery } from "@/features/records/records.api";
import { RunBar, RunCounts, RunLine } from "@/features/runs/RunProgress";
import { isActive, runStarted, useRun } from "@/features/runs/runs.api";
import { t } from "@/lib/texts";

/** how QloBooks works from now on, and the first orders, watched as they arrive */
export function SwitchOnStep() {
  return (
    <Stack gap="lg">
      <AutomaticForm compact />
      <First />
    </Stack>
  );
}

const first = 20;

function First() {
  const client = useQueryClient();
  const orders = useQuery(matchingQuery("orders", { status: ["not_synced"] }));
  const send = useMutation({
    mutationFn: async () => {
      const page = await ask(api.GET("/api/v1/records/{section}", { params: { path: { section: "orders" }, query: { limit: first, status: ["not_synced"] } } }));
      return ask(api.POST("/api/v1/records/{section}/sync", { params: { path: { section: "orders" } }, body: { ids: page.items.map((item) => item.source_id), confirm: true } as never }));
    },
    onSuccess: (run) => runStarted(client, run),
  });
  if (orders.isPending) return <Rows count={2} />;
  const left = Math.min(first, orders.data?.matching?.status.not_synced ?? 0);
  return (
    <Panel title={send.data ? t.start.on.watching : t.start.on.sent} note={t.start.on.firstHint}>
      {send.isError ? <Failure error={send.error} /> : null}
      {send.data ? <Watched id={send.data.id} /> : null}
      <Group>
        {left > 0 ? (
          <ActionButton needs="operator" variant={send.data ? "default" : "filled"} loading={send.isPending} onClick={() => send.mutate()}>
            {left === 1 ? t.start.on.firstOne : t.start.on.first(left)}
          </ActionButton>
        ) : null}
        <Anchor component={Link} to="/synchronization/orders" size="sm" underline="always">
          {t.start.on.open}
        </Anchor>
      </Group>
    </Panel>
  );
}

function Watched({ id }: { id: string }) {
  const client = useQueryClient();
  const { data: run } = useRun(id);
  const ended = run ? !isActive(run) : false;
  useEffect(() => {
    if (!ended) return;
    refreshRecords(client, "orders");
    client.invalidateQueries({ queryKey: ["overview"] });
  }, [client, ended]);
  if (!run) return null;
  return (
    <Stack gap="sm" role="status">
      <RunBar run={run} label={t.start.on.watching} />
      <RunLine run={run} />
      <RunCounts run={run} />
      <Text size="sm">{run.sentence}</Text>
    </Stack>
  );
}
