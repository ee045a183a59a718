import { Anchor, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { refreshAfterRuns } from "@/features/records/live";
import { t } from "@/lib/texts";
import { RunBar, timeLeft } from "./RunProgress";
import { runTitle } from "./runTitle";
import { activeRunsQuery, counted } from "./runs.api";

/** a compact line in the shell while something runs; refreshes what runs change */
export function ActiveRuns() {
  const client = useQueryClient();
  const { data: runs = [] } = useQuery(activeRunsQuery);
  const mark = runs.map((run) => `${run.id}:${counted(run)}`).join();
  const before = useRef(mark);
  useEffect(() => {
    if (before.current !== mark) refreshAfterRuns(client);
    before.current = mark;
  }, [client, mark]);

  const run = runs[0];
  if (!run) return null;
  return (
    <section aria-label={t.runs.active} style={{ borderBottom: "1px solid var(--q-line)", padding: "0.5rem var(--page-x)" }}>
      <Group gap="md" wrap="nowrap">
        <Anchor component={Link} to={`/runs/${run.id}`} size="sm" fw={550} style={{ whiteSpace: "nowrap" }}>
          {runTitle(run)}
        </Anchor>
        <div style={{ flex: 1, minWidth: 40 }}>
          <RunBar run={run} label={runTitle(run)} />
        </div>
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          {t.runs.of(String(counted(run)), String(run.total))}
        </Text>
        <Text size="sm" c="dimmed" visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
          {[timeLeft(run, Date.now()), runs.length > 1 ? t.runs.moreRunning(runs.length - 1) : null].filter(Boolean).join(" · ")}
        </Text>
      </Group>
    </section>
  );
}
