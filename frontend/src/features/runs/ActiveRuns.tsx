import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { formatAmount } from "@/lib/money";
import { runStatusName, t } from "@/lib/texts";
import classes from "./RunProgress.module.css";
import { RunBar, timeLeft } from "./RunProgress";
import { runTitle } from "./runTitle";
import { activeRunsQuery, counted } from "./runs.api";

/** a compact line in the shell while something runs */
export function ActiveRuns() {
  const { data: runs = [] } = useQuery(activeRunsQuery);

  // one that waits for a person stands in the bar above; what moves is shown moving
  const moving = runs.filter((run) => run.status !== "waiting");
  const run = moving.find((one) => one.status === "running") ?? moving[0];
  if (!run) return null;
  const name = run.title || runTitle(run);
  return (
    <section aria-label={t.runs.active} className={classes.float} data-at-foot="run">
      <Group gap="md" wrap="nowrap">
        <Anchor component={Link} to={`/runs/${run.id}`} size="sm" fw={550} truncate style={{ maxWidth: "18rem" }}>
          {name}
        </Anchor>
        <div style={{ flex: 1, minWidth: 60 }}>
          <RunBar run={run} label={name} />
        </div>
        <Text size="sm" style={{ whiteSpace: "nowrap" }}>
          {run.status === "queued" ? t.runs.waitsWorker : run.total > 0 ? t.runs.of(formatAmount(String(counted(run))), formatAmount(String(run.total))) : runStatusName.running}
        </Text>
        <Text size="sm" c="dimmed" visibleFrom="sm" style={{ whiteSpace: "nowrap" }}>
          {[timeLeft(run, Date.now()), moving.length > 1 ? t.runs.moreRunning(moving.length - 1) : null].filter(Boolean).join(" · ")}
        </Text>
      </Group>
    </section>
  );
}
