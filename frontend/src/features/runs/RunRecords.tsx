import { Anchor, Button, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Run, RunRecord } from "@/api/types";
import { StatusChip } from "@/components/Chip";
import { Panel } from "@/components/Panel";
import { Wide } from "@/components/Wide";
import { Failure, Rows } from "@/components/states";
import { every } from "@/lib/live";
import { t } from "@/lib/texts";
import type { Outcome } from "./filters";
import classes from "./RunsPage.module.css";
import { isActive, runRecordsQuery } from "./runs.api";

/** the records of a run, and how each ended; the numbers above choose among them */
export function RunRecords({ run, outcome }: { run: Run; outcome?: Outcome }) {
  const has = run.kind === "sync" || run.kind === "tick" || run.kind === "daily" || run.kind === "undo";
  const records = useInfiniteQuery({ ...runRecordsQuery(run.id, outcome), enabled: has && run.status !== "waiting", refetchInterval: () => every(isActive(run) ? 3000 : false) });
  if (!has || run.status === "waiting") return null;
  const items = records.data?.pages.flatMap((page) => page.items) ?? [];
  if (records.data && items.length === 0 && !outcome) return null;
  return (
    <Panel title={t.runs.records} note={outcome ? t.runs.counts[outcome] : undefined}>
      {records.isPending ? <Rows count={3} /> : null}
      {records.isError && !records.data ? <Failure error={records.error} retry={() => records.refetch()} /> : null}
      {records.data && items.length === 0 ? <Text c="dimmed">{t.runs.recordsNone}</Text> : null}
      {items.length > 0 ? (
        <Wide label={t.runs.records}>
          <Table verticalSpacing={8} className={classes.records}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.runs.record}</Table.Th>
                <Table.Th>{t.runs.ended}</Table.Th>
                <Table.Th>{t.runs.now}</Table.Th>
                <Table.Th>{t.runs.cause}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Line key={`${item.section} ${item.source_id}`} item={item} />
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      ) : null}
      {records.hasNextPage ? (
        <Button variant="default" onClick={() => records.fetchNextPage()} loading={records.isFetchingNextPage}>
          {t.more}
        </Button>
      ) : null}
    </Panel>
  );
}

function Line({ item }: { item: RunRecord }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/synchronization/${item.section}`} search={{ record: item.source_id } as never} inherit fw={550}>
          {item.name}
        </Anchor>
      </Table.Td>
      <Table.Td>{item.outcome ? t.runs.counts[item.outcome as Outcome] : "\u2013"}</Table.Td>
      <Table.Td>{item.status ? <StatusChip plain status={item.status} /> : "\u2013"}</Table.Td>
      <Table.Td>
        {item.issue ? (
          <>
            <Text size="sm" fw={550}>
              {item.issue.title}
            </Text>
            <Text size="sm" c="dimmed">
              {item.issue.detail}
            </Text>
          </>
        ) : (
          ""
        )}
      </Table.Td>
    </Table.Tr>
  );
}
