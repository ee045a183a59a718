import { Anchor, Button, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Run } from "@/api/types";
import { RunChip } from "@/components/Chip";
import { Page } from "@/components/Page";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { t } from "@/lib/texts";
import { RunBar } from "./RunProgress";
import { runTitle } from "./runTitle";
import classes from "./RunsPage.module.css";
import { counted, isActive, runsQuery } from "./runs.api";

export function RunsPage() {
  const runs = useInfiniteQuery(runsQuery([]));
  const items = runs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t.runs.title} intro={t.runs.intro}>
      {runs.isError && runs.data ? <Stale retry={() => runs.refetch()} /> : null}
      {runs.isPending ? <Rows /> : null}
      {runs.isError && !runs.data ? <Failure error={runs.error} retry={() => runs.refetch()} /> : null}
      {runs.data && items.length === 0 ? <Empty title={t.runs.none}>{t.runs.noneHint}</Empty> : null}
      {items.length > 0 ? <RunsTable items={items} /> : null}
      {runs.hasNextPage ? (
        <Button variant="default" onClick={() => runs.fetchNextPage()} loading={runs.isFetchingNextPage}>
          {t.more}
        </Button>
      ) : null}
    </Page>
  );
}

function RunsTable({ items }: { items: Run[] }) {
  return (
    <div className={`q-panel ${classes.scroll}`}>
      <Table className={classes.table} verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.runs.kind}</Table.Th>
            <Table.Th>{t.runs.status}</Table.Th>
            <Table.Th>{t.runs.progress}</Table.Th>
            <Table.Th>{t.runs.by}</Table.Th>
            <Table.Th>{t.runs.created}</Table.Th>
            <Table.Th className="q-num">{t.runs.calls}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <Anchor component={Link} to={`/runs/${run.id}`} fw={550} inherit>
                  {runTitle(run)}
                </Anchor>
              </Table.Td>
              <Table.Td data-label={t.runs.status}>
                <RunChip status={run.status} />
              </Table.Td>
              <Table.Td data-label={t.runs.progress}>
                <Outcome run={run} />
              </Table.Td>
              <Table.Td data-label={t.runs.by}>{run.started_by}</Table.Td>
              <Table.Td data-label={t.runs.created}>
                <When at={run.created_at} />
              </Table.Td>
              <Table.Td className="q-num" data-label={t.runs.calls}>
                {run.calls_used}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Outcome({ run }: { run: Run }) {
  if (isActive(run)) {
    return (
      <div style={{ minWidth: 140 }}>
        <RunBar run={run} label={`${t.runs.progress}: ${runTitle(run)}`} />
        <Text size="xs" c="dimmed" mt={4}>
          {t.runs.of(String(counted(run)), String(run.total))}
        </Text>
      </div>
    );
  }
  const words = (Object.keys(t.runs.counts) as (keyof typeof t.runs.counts)[])
    .filter((key) => run[key] > 0)
    .map((key) => `${run[key]} ${t.runs.counts[key].toLowerCase()}`);
  return <Text size="sm">{words.length > 0 ? words.join(", ") : "–"}</Text>;
}
