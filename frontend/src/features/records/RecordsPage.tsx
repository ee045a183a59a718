import { Button, Group, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RecordItem, RecordPage } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { LinkTabs } from "@/components/LinkTabs";
import { notifyDone, notifyProblem, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { useRowKeys } from "@/features/keys/Keys";
import { remember } from "@/lib/remember";
import { formatCount } from "@/lib/money";
import { useMay } from "@/lib/role";
import { type Section, sections } from "@/lib/sections";
import { sectionBecomes, sectionName, t } from "@/lib/texts";
import { useInitialize, useVerb, type Verb } from "./actions.api";
import { useDensity } from "./views";
import { availableColumns, defaultColumns } from "./columns";
import { isFiltered, type RecordSearch, shownColumns } from "./filters";
import { RecordDrawer } from "./RecordDrawer";
import { RecordsCards } from "./RecordsCards";
import { RecordsTable } from "./RecordsTable";
import { changed, useChanged } from "./live";
import { recordsQuery } from "./records.api";
import { ScheduleNote } from "./ScheduleNote";
import { type Selection, toggled } from "./selection";
import { Scope, SyncButton } from "./SyncBar";
import { Toolbar } from "./Toolbar";
import { SyncDialog } from "./VerbButtons";
import { needsWord } from "./verbs";

export function RecordsPage({ section, search }: { section: Section; search: RecordSearch }) {
  const records = useInfiniteQuery(recordsQuery(section, search));
  const first = records.data?.pages[0];
  const outdated = useChanged(section);
  return (
    <Page
      title={t.sync.title}
      tab={sectionName[section]}
      places={<LinkTabs label={t.sync.sections} current={section} tabs={sections.map((key) => ({ key, label: sectionName[key], link: { to: `/synchronization/${key}` } }))} />}
      actions={first?.initialized_at ? <InitializeButton section={section} again /> : null}
    >
      {records.isPending ? <Rows count={12} /> : null}
      {records.isError && !records.data ? <Failure error={records.error} retry={() => records.refetch()} /> : null}
      {records.isError && records.data ? <Stale retry={() => records.refetch()} /> : null}
      {outdated ? <Outdated section={section} refresh={() => records.refetch()} /> : null}
      {first && !first.initialized_at ? <ScheduleNote section={section} /> : null}
      {first && !first.initialized_at ? <Blank section={section} /> : null}
      {first?.initialized_at ? <Listing key={section} section={section} search={search} records={records} /> : null}
      {search.record ? <RecordDrawer section={section} id={search.record} /> : null}
    </Page>
  );
}

/** shown over a long list instead of reading all of it again at every change */
function Outdated({ section, refresh }: { section: Section; refresh: () => Promise<unknown> }) {
  return (
    <Group gap="sm" role="status">
      <Text size="sm">{t.sync.outdated}</Text>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => {
          changed.mark(section, false);
          refresh();
        }}
      >
        {t.sync.refresh}
      </Button>
    </Group>
  );
}

/** what QloApps has and this list does not, with the reason: nothing is invisible */
function NotListed({ items }: { items: RecordPage["not_listed"] }) {
  if (!items?.length) return null;
  return (
    <Text size="sm" c="dimmed" role="note">
      {t.sync.notListed(items.map((item) => t.sync.notListedOne(item)).join("; "))}
    </Text>
  );
}

export function InitializeButton({ section, again = false }: { section: Section; again?: boolean }) {
  const initialize = useInitialize(section);
  return (
    <ActionButton
      needs="operator"
      variant={again ? "default" : "filled"}
      size={again ? "compact-sm" : undefined}
      loading={initialize.isPending}
      onClick={() => told(initialize.mutateAsync(undefined))}
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
  const [selection, setSelection] = useState<Selection>(new Set());
  const [asked, setAsked] = useState<RecordItem | null>(null);
  const [density, setDensity] = useDensity();
  const verb = useVerb(section);

  const pages = records.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const columns = useMemo(() => availableColumns(section, items), [section, items]);
  const counts = (pages?.[0]?.counts ?? {}) as Record<string, number>;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = records;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const shown = shownColumns(section, search).join(",");
  const shownList = useMemo(() => shown.split(","), [shown]);
  const standard = shown === defaultColumns(section).join(",");
  useEffect(() => {
    // columns chosen earlier in this browser go into the address, so that the list can be shared as it is
    if (!search.columns && !standard) navigate({ to: `/synchronization/${section}`, search: { ...search, columns: shown } as never, replace: true });
  }, [navigate, search, section, shown, standard]);
  const change = (next: Partial<RecordSearch>) => {
    if ("columns" in next) remember(`columns.${section}`, next.columns);
    else setSelection(new Set());
    navigate({ to: `/synchronization/${section}`, search: { ...search, ...next } as never, replace: true });
  };
  const act = (item: RecordItem, what: Verb) =>
    // said of every row, also when the next one was sent before this one's answer came
    verb.mutateAsync({ target: { record: item.source_id }, verb: what }).then(() => notifyDone(what.verb === "unskip" ? `${item.name}: ${t.verb.done.unskip}` : t.sync.sent(item.name)), notifyProblem);
  const table = {
    section,
    items,
    columns,
    shown: shownList,
    selection,
    density,
    sort: search.sort ?? "-source_id",
    onSelect: setSelection,
    onSort: (sort: string) => change({ sort }),
    onSync: (item: RecordItem) => (needsWord(item.status) ? setAsked(item) : act(item, { verb: "sync" })),
    onEnd,
  };
  const filtered = isFiltered(section, search);
  const over = { section, search, counts, loaded: items.length, complete: !hasNextPage && !records.isPlaceholderData, selection, select: setSelection, narrow };
  const may = useMay("operator");
  const latest = useRef(table);
  latest.current = table;
  const keys = useMemo(
    () => ({
      sync: (id: string) => {
        const item = latest.current.items.find((one) => one.source_id === id);
        if (may && item && item.status !== "pending" && item.status !== "syncing") latest.current.onSync(item);
      },
      select: (id: string) => may && latest.current.onSelect(toggled(latest.current.selection, id, latest.current.items)),
    }),
    [may],
  );
  useRowKeys(keys);

  return (
    <>
      <Toolbar
        section={section}
        search={search}
        counts={counts}
        columns={columns}
        matching={pages?.[0]?.matching ?? null}
        change={change}
        narrow={narrow}
        density={density}
        setDensity={setDensity}
        initialize={<InitializeButton section={section} again />}
        scope={<Scope {...over} />}
        sync={<SyncButton {...over} />}
      />
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
      <Text size="sm" c="dimmed">
        <span role="status">{hasNextPage ? t.sync.shownMore(items.length) : t.sync.rows(formatCount(items.length))}</span> · {t.sync.initializedAt} <When at={pages?.[0]?.initialized_at} />
      </Text>
      <NotListed items={pages?.[0]?.not_listed ?? []} />
      {asked ? <SyncDialog name={asked.name} status={asked.status} issue={asked.issue} close={() => setAsked(null)} act={(what) => act(asked, what)} /> : null}
    </>
  );
}
