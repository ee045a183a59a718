import { Button, Group, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { RecordPage } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { LinkTabs } from "@/components/LinkTabs";
import { notifyDone, notifyProblem } from "@/components/notify";
import { Page } from "@/components/Page";
import { Empty, Failure, Note, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { settingsQuery } from "@/features/settings/settings.api";
import { type Section, sections } from "@/lib/sections";
import { sectionBecomes, sectionName, t } from "@/lib/texts";
import { availableColumns } from "./columns";
import { isFiltered, type RecordSearch, shownColumns } from "./filters";
import { RecordDrawer } from "./RecordDrawer";
import { RecordsCards } from "./RecordsCards";
import { RecordsTable } from "./RecordsTable";
import { recordsQuery, useInitialize, useRecordVerb } from "./records.api";
import { SyncBar } from "./SyncBar";
import { Toolbar } from "./Toolbar";

export function RecordsPage({ section, search }: { section: Section; search: RecordSearch }) {
  const records = useInfiniteQuery(recordsQuery(section, search));
  const first = records.data?.pages[0];
  return (
    <Page title={t.sync.title} actions={first?.initialized_at ? <Listed section={section} page={first} /> : null}>
      <LinkTabs
        label={t.sync.sections}
        current={section}
        tabs={sections.map((key) => ({ key, label: sectionName[key], link: { to: `/synchronization/${key}` } }))}
      />
      <ScheduleNote />
      {records.isPending ? <Rows count={12} /> : null}
      {records.isError && !records.data ? <Failure error={records.error} retry={() => records.refetch()} /> : null}
      {records.isError && records.data ? <Stale retry={() => records.refetch()} /> : null}
      {first && !first.initialized_at ? <Blank section={section} /> : null}
      {first?.initialized_at ? <Listing key={section} section={section} search={search} records={records} /> : null}
      {search.record ? <RecordDrawer section={section} id={search.record} /> : null}
    </Page>
  );
}

function ScheduleNote() {
  const { data } = useQuery(settingsQuery);
  if (!data?.schedule || data.schedule.enabled) return null;
  return <Note>{t.sync.autoOff}</Note>;
}

function Listed({ section, page }: { section: Section; page: RecordPage }) {
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        {t.sync.initializedAt} <When at={page.initialized_at} />
      </Text>
      <InitializeButton section={section} again />
    </Group>
  );
}

function InitializeButton({ section, again = false }: { section: Section; again?: boolean }) {
  const initialize = useInitialize(section);
  return (
    <ActionButton
      needs="operator"
      variant={again ? "default" : "filled"}
      loading={initialize.isPending}
      onClick={() => initialize.mutate(undefined, { onError: notifyProblem })}
    >
      {again ? t.sync.initializeAgain : t.sync.initialize}
    </ActionButton>
  );
}

function Blank({ section }: { section: Section }) {
  return (
    <Empty title={t.sync.blankTitle(sectionName[section])} action={<InitializeButton section={section} />}>
      {sectionBecomes[section]} {t.sync.blankText}
    </Empty>
  );
}

type Records = ReturnType<typeof useInfiniteQuery<RecordPage, Error, { pages: RecordPage[]; pageParams: unknown[] }>>;

function Listing(props: { section: Section; search: RecordSearch; records: Records }) {
  const { section, search, records } = props;
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const navigate = useNavigate();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const syncOne = useRecordVerb(section);

  const pages = records.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const columns = useMemo(() => availableColumns(section, items), [section, items]);
  const counts = (pages?.[0]?.counts ?? {}) as Record<string, number>;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = records;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const change = (next: Partial<RecordSearch>) => {
    setSelected(new Set());
    navigate({ to: `/synchronization/${section}`, search: { ...search, ...next } as never, replace: true });
  };
  const table = {
    section,
    items,
    columns,
    shown: shownColumns(section, search),
    selected,
    sort: search.sort ?? "-source_id",
    onSelect: setSelected,
    onSort: (sort: string) => change({ sort }),
    onSync: (item: { source_id: string; name: string }) =>
      syncOne.mutate(
        { verb: "sync", id: item.source_id },
        { onSuccess: () => notifyDone(t.sync.sent(item.name)), onError: notifyProblem },
      ),
    onEnd,
  };
  const filtered = isFiltered(section, search);

  return (
    <>
      <Toolbar section={section} search={search} counts={counts} columns={columns} change={change} narrow={narrow} />
      <SyncBar section={section} search={search} counts={counts} selected={selected} clear={() => setSelected(new Set())} />
      {items.length === 0 && !records.isFetching ? (
        filtered ? (
          <Empty
            title={t.sync.noMatch}
            action={
              <Button variant="default" onClick={() => navigate({ to: `/synchronization/${section}` })}>
                {t.sync.clear}
              </Button>
            }
          />
        ) : (
          <Empty title={t.sync.none} />
        )
      ) : narrow ? (
        <RecordsCards {...table} />
      ) : (
        <RecordsTable {...table} />
      )}
      <Text size="sm" c="dimmed" role="status">
        {hasNextPage ? t.sync.shownMore(items.length) : t.sync.rows(String(items.length))}
      </Text>
    </>
  );
}
