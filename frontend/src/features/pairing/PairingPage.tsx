import { Anchor, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Empty, Failure, Note, Rows, Stale } from "@/components/states";
import { VirtualList } from "@/components/VirtualList";
import { When } from "@/components/When";
import { initializedQuery } from "@/features/records/records.api";
import { CancelButton } from "@/features/runs/CancelButton";
import { RunBar, RunLine } from "@/features/runs/RunProgress";
import { activeRunsQuery } from "@/features/runs/runs.api";
import { t } from "@/lib/texts";
import { FileButtons } from "./FileButtons";
import { PairingRow } from "./PairingRow";
import { type PairingPage as Pairs, type PairingSearch, type PairingState, pairingQuery, useLoadContacts } from "./pairing.api";

/** which guests are contacts in Zoho Books already */
export function PairingPage({ search }: { search: PairingSearch }) {
  const pairs = useInfiniteQuery(pairingQuery(search));
  const { data: section } = useQuery(initializedQuery("customers"));
  const first = pairs.data?.pages[0];
  return (
    <Page title={t.pairing.title} intro={t.pairing.intro} actions={<Load loadedAt={first?.loaded_at ?? null} known={Boolean(first)} />}>
      <Loading />
      {pairs.isPending ? <Rows count={10} /> : null}
      {pairs.isError && !pairs.data ? <Failure error={pairs.error} retry={() => pairs.refetch()} /> : null}
      {pairs.isError && pairs.data ? <Stale retry={() => pairs.refetch()} /> : null}
      {section && !section.initialized_at ? (
        <Empty
          title={t.pairing.blank}
          action={
            <Button component={Link} to="/synchronization/customers">
              {t.pairing.toCustomers}
            </Button>
          }
        >
          {t.pairing.blankText}
        </Empty>
      ) : first ? (
        <Customers search={search} first={first} pairs={pairs} />
      ) : null}
    </Page>
  );
}

function Load({ loadedAt, known }: { loadedAt: string | null; known: boolean }) {
  const load = useLoadContacts();
  const { data: runs = [] } = useQuery(activeRunsQuery);
  const busy = runs.some((run) => run.kind === "pairing");
  return (
    <>
      {loadedAt ? (
        <Text size="sm" c="dimmed">
          {t.pairing.loadedAt} <When at={loadedAt} />
        </Text>
      ) : null}
      <ActionButton
        needs="accountant"
        variant={known && !loadedAt ? "filled" : "default"}
        loading={load.isPending}
        because={busy && t.pairing.loading}
        onClick={() => told(load.mutateAsync(undefined), () => notifyDone(t.pairing.started))}
      >
        {loadedAt ? t.pairing.loadAgain : t.pairing.load}
      </ActionButton>
    </>
  );
}

/** the run that reads the contacts, while it goes on */
function Loading() {
  const { data: runs = [] } = useQuery(activeRunsQuery);
  const run = runs.find((one) => one.kind === "pairing");
  if (!run) return null;
  return (
    <Stack gap="xs" className="q-panel" p="md" maw={720}>
      <Group justify="space-between">
        <Anchor component={Link} to={`/runs/${run.id}`} fw={550}>
          {t.pairing.loading}
        </Anchor>
        <CancelButton run={run} />
      </Group>
      <RunBar run={run} label={t.pairing.loading} />
      <RunLine run={run} />
    </Stack>
  );
}

type Props = { search: PairingSearch; first: Pairs; pairs: ReturnType<typeof useInfiniteQuery<Pairs, Error, { pages: Pairs[]; pageParams: unknown[] }>> };

function Customers({ search, first, pairs }: Props) {
  const navigate = useNavigate();
  const change = (next: PairingSearch) => navigate({ to: "/pairing", search: { ...search, ...next } as never, replace: true });
  const items = useMemo(() => pairs.data?.pages.flatMap((page) => page.items) ?? [], [pairs.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pairs;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const open = first.counts.open ?? 0;
  const linked = first.counts.linked ?? 0;
  const choices = [
    { value: "", label: `${t.pairing.all} ${open + linked}` },
    { value: "open", label: `${t.pairing.open} ${open}` },
    { value: "linked", label: `${t.pairing.linked} ${linked}` },
  ];
  return (
    <>
      {first.loaded_at ? null : <Note>{t.pairing.never}</Note>}
      <Group gap="md" align="flex-end" justify="space-between">
        <Group gap="md" align="flex-end" style={{ flex: "1 1 20rem" }}>
          <SearchBox
            q={search.q}
            change={(q) => change({ q })}
            label={t.pairing.search}
            description={t.pairing.searchHint}
            style={{ flex: "1 1 14rem", maxWidth: "26rem" }}
          />
          <SegmentedControl
            aria-label={t.pairing.show}
            data={choices}
            value={search.status ?? ""}
            onChange={(value) => change({ status: (value || undefined) as PairingState | undefined })}
          />
        </Group>
        <FileButtons />
      </Group>
      {items.length === 0 && !pairs.isFetching ? <Empty title={search.q || search.status ? t.pairing.noMatch : t.pairing.empty} /> : null}
      {items.length > 0 ? (
        <VirtualList label={t.pairing.list} items={items} keyOf={(item) => item.customer_id} onEnd={onEnd} height={88}>
          {(item) => <PairingRow item={item} loaded={Boolean(first.loaded_at)} />}
        </VirtualList>
      ) : null}
      <Text size="sm" c="dimmed" role="status">
        {hasNextPage ? t.sync.shownMore(items.length) : t.sync.rows(String(items.length))}
      </Text>
    </>
  );
}
