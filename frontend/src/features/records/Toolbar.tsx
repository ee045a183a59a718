import { Button, Checkbox, Collapse, Group, Popover, ScrollArea, Select, Stack, TextInput } from "@mantine/core";
import { IconColumns3, IconDownload, IconFilter, IconX } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { download } from "@/api/file";
import { notifyProblem } from "@/components/notify";
import { SearchBox } from "@/components/SearchBox";
import type { Matching } from "@/api/types";
import { settingsQuery } from "@/features/settings/settings.api";
import { formatAmount, formatCount, isZero } from "@/lib/money";
import { phases, type Section, type Status, statuses } from "@/lib/sections";
import { codeName, phaseName, statusName, t } from "@/lib/texts";
import { type ColumnInfo, defaultColumns } from "./columns";
import { isFiltered, recordsFile, type RecordSearch, shownColumns } from "./filters";
import { GuestSelect } from "./GuestSelect";
import { currenciesQuery, hotelsQuery } from "./records.api";
import { ScheduleChip } from "./ScheduleNote";
import classes from "./Toolbar.module.css";
import { ViewButton } from "./ViewButton";
import type { Density } from "./views";

type Props = {
  section: Section;
  search: RecordSearch;
  counts: Record<string, number>;
  columns: ColumnInfo[];
  narrow: boolean;
  matching: Matching | null;
  change: (next: Partial<RecordSearch>) => void;
  density: Density;
  setDensity: (next: Density) => void;
  initialize: ReactNode;
  scope: ReactNode;
  sync: ReactNode;
};

/** Everything that narrows, orders and shapes the list, and what sends it, on two lines; all of it lives in the address. */
export function Toolbar(props: Props) {
  const { section, search, change, narrow } = props;
  const [open, setOpen] = useState(false);
  const set = [search.hotel, search.currency, search.customer, search.from, search.to].filter(Boolean).length;
  const orders = section === "orders";
  const clear = isFiltered(section, search) ? (
    <Button variant="subtle" onClick={() => change(nothing)}>
      {t.sync.clear}
    </Button>
  ) : null;
  const label = t.sync.filters(set);
  const icon = <IconFilter size={17} aria-hidden />;
  return (
    <>
      <div className={classes.line}>
        <SearchBox q={search.q} change={(q) => change({ q })} aria-label={t.sync.search} placeholder={t.sync.searchShort} title={t.sync.searchHint} className={classes.search} />
        {narrow ? (
          <Button variant="default" px="xs" aria-expanded={open} aria-label={label} onClick={() => setOpen(!open)}>
            {icon}
            {set > 0 ? ` ${set}` : ""}
          </Button>
        ) : null}
        {orders && !narrow ? (
          <Popover position="bottom-start" trapFocus returnFocus withinPortal shadow="md">
            <Popover.Target>
              <Button variant="default" leftSection={icon}>
                {label}
              </Button>
            </Popover.Target>
            <Popover.Dropdown aria-label={t.sync.filters(0)}>
              <div className={classes.filters}>
                <OrderFilters {...props} />
              </div>
            </Popover.Dropdown>
          </Popover>
        ) : null}
        {narrow ? null : (
          <>
            <ColumnChooser {...props} />
            <ViewButton {...props} />
            <FileButton section={section} search={search} />
            {clear}
          </>
        )}
        {props.sync}
      </div>
      {narrow ? (
        <Collapse expanded={open}>
          <Group gap="sm" align="flex-end">
            {orders ? <OrderFilters {...props} /> : null}
            <Select
              label={t.sync.sort}
              data={Object.entries(t.sync.sorts).map(([value, label]) => ({ value, label }))}
              value={search.sort ?? "-source_id"}
              onChange={(sort) => change({ sort: sort ?? undefined })}
              allowDeselect={false}
              w={200}
            />
            <ColumnChooser {...props} />
            <ViewButton {...props} />
            <FileButton section={section} search={search} />
            {props.initialize}
            {clear}
          </Group>
        </Collapse>
      ) : null}
      <div className={classes.line}>
        <div className={classes.chips}>
          {search.issue ? (
            <button type="button" aria-pressed className={classes.status} title={t.issues.clearFilter} onClick={() => change({ issue: undefined })}>
              {t.issues.filter(codeName(search.issue))} <IconX size={13} aria-label={t.issues.clearFilter} />
            </button>
          ) : null}
          {orders && props.matching ? <PhaseFilter {...props} matching={props.matching} /> : <StatusFilter {...props} />}
        </div>
        {props.scope}
        <ScheduleChip section={section} />
      </div>
    </>
  );
}

const nothing: Partial<RecordSearch> = {
  draft: undefined,
  status: undefined,
  q: undefined,
  issue: undefined,
  phase: undefined,
  hotel: undefined,
  currency: undefined,
  customer: undefined,
  from: undefined,
  to: undefined,
};

function StatusFilter({ search, counts, change }: Props) {
  const chosen = search.status ?? [];
  const shown = statuses.filter((status) => (counts[status] ?? 0) > 0 || chosen.includes(status));
  const total = Object.values(counts).reduce((a, b) => a + b, 0);
  const toggle = (status: Status) => {
    const next = chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status];
    change({ status: next.length > 0 ? next : undefined });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser
    <div role="group" aria-label={t.sync.filterByStatus} className={classes.statuses}>
      <button type="button" aria-pressed={chosen.length === 0} className={classes.status} onClick={() => change({ status: undefined })}>
        {t.sync.all} <b>{formatCount(total)}</b>
      </button>
      {shown.map((status) => (
        <button key={status} type="button" aria-pressed={chosen.includes(status)} className={classes.status} onClick={() => toggle(status)}>
          {statusName[status]} <b>{formatCount(counts[status] ?? 0)}</b>
        </button>
      ))}
    </div>
  );
}

const stuck: Status[] = ["rejected", "unknown", "held", "failed", "blocked"];

/** orders by phase, with what they cost or what is due; each count follows the other filters */
function PhaseFilter({ search, matching, change }: Props & { matching: Matching }) {
  const chosen = search.status ?? [];
  const total = phases.reduce((n, phase) => n + (matching.phase[phase]?.count ?? 0), 0);
  const needs = stuck.reduce((n, status) => n + (matching.status[status] ?? 0), 0);
  const needing = chosen.length > 0 && chosen.every((status) => stuck.includes(status));
  const drafts = useQuery(settingsQuery).data?.orders?.post_as === "draft";
  const shown = phases.filter((phase) => (matching.phase[phase]?.count ?? 0) > 0 || search.phase === phase);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser
    <div role="group" aria-label={t.sync.filterByPhase} className={classes.statuses}>
      <button type="button" aria-pressed={!search.phase && chosen.length === 0} className={classes.status} onClick={() => change({ phase: undefined, status: undefined })}>
        {t.sync.all} <b>{formatCount(total)}</b>
      </button>
      {shown.map((phase) => (
        <button key={phase} type="button" aria-pressed={search.phase === phase} className={classes.status} onClick={() => change({ phase: search.phase === phase ? undefined : phase })}>
          {phaseName[phase]} <b>{formatCount(matching.phase[phase]?.count ?? 0)}</b>
          <Sums phase={phase} amounts={matching.phase[phase]?.amounts ?? []} />
        </button>
      ))}
      {drafts || search.draft ? (
        <button type="button" aria-pressed={Boolean(search.draft)} className={classes.status} onClick={() => change({ draft: search.draft ? undefined : "true" })}>
          {t.draft.filter}
        </button>
      ) : null}
      {needs > 0 || needing ? (
        <button type="button" aria-pressed={needing} className={classes.status} onClick={() => change({ status: needing ? undefined : stuck })}>
          {t.sync.needsYou} <b>{formatCount(needs)}</b>
        </button>
      ) : null}
    </div>
  );
}

/** what is due while payments are awaited, else what the orders cost; of several currencies the first, the others on hover */
function Sums({ phase, amounts }: { phase: string; amounts: Matching["phase"][string]["amounts"] }) {
  if (phase === "canceled") return null;
  const due = phase === "payment_sync";
  const sums = amounts.map((sum) => ({ currency: sum.currency, value: due ? sum.due : sum.total })).filter((sum) => !isZero(sum.value));
  if (sums.length === 0) return null;
  const [first, ...others] = sums.map((sum) => `${formatAmount(sum.value, sum.currency)} ${sum.currency}`);
  return (
    <span className={classes.sums} title={others.length > 0 ? [first, ...others].join(" · ") : undefined}>
      {first}
      {due ? ` ${t.overview.due}` : ""}
      {others.length > 0 ? (
        <>
          {" "}
          <span aria-hidden>{t.sync.moreSums(others.length)}</span>
          <span className="q-visually-hidden">{others.join(", ")}</span>
        </>
      ) : null}
    </span>
  );
}

/** a list inside a pop-up belongs to it: choosing there is no click outside */
const inside = { withinPortal: false };

function OrderFilters({ search, change }: Props) {
  const hotels = useQuery(hotelsQuery);
  const currencies = useQuery(currenciesQuery);
  const choices = hotels.data ?? [];
  return (
    <>
      <Select
        label={t.sync.phase}
        placeholder={t.sync.anyPhase}
        data={phases.map((value) => ({ value, label: phaseName[value] }))}
        value={search.phase ?? null}
        onChange={(phase) => change({ phase: (phase as RecordSearch["phase"]) ?? undefined })}
        clearable
        clearButtonProps={{ "aria-label": `${t.sync.phase}: ${t.sync.anyPhase}` }}
        comboboxProps={inside}
      />
      {choices.length > 0 ? (
        <Select
          label={t.sync.hotel}
          placeholder={t.sync.anyHotel}
          data={choices}
          value={search.hotel ?? null}
          onChange={(hotel) => change({ hotel: hotel ?? undefined })}
          clearable
          searchable
          clearButtonProps={{ "aria-label": `${t.sync.hotel}: ${t.sync.anyHotel}` }}
          comboboxProps={inside}
        />
      ) : null}
      {(currencies.data?.length ?? 0) > 1 ? (
        <Select
          label={t.sync.currency}
          placeholder={t.sync.anyCurrency}
          data={currencies.data}
          value={search.currency ?? null}
          onChange={(currency) => change({ currency: currency ?? undefined })}
          clearable
          clearButtonProps={{ "aria-label": `${t.sync.currency}: ${t.sync.anyCurrency}` }}
          comboboxProps={inside}
        />
      ) : null}
      <GuestSelect value={search.customer} change={(customer) => change({ customer })} comboboxProps={inside} />
      <TextInput type="date" label={t.sync.from} value={search.from ?? ""} onChange={(e) => change({ from: e.currentTarget.value || undefined })} />
      <TextInput type="date" label={t.sync.to} value={search.to ?? ""} onChange={(e) => change({ to: e.currentTarget.value || undefined })} />
    </>
  );
}

/** what the filters select, as a file for a spreadsheet */
function FileButton({ section, search }: { section: Section; search: RecordSearch }) {
  const file = useMutation({ mutationFn: () => download(recordsFile(section, search), `${section}.csv`), onError: notifyProblem });
  return (
    <Button variant="default" leftSection={<IconDownload size={17} aria-hidden />} loading={file.isPending} onClick={() => file.mutate()}>
      {t.sync.file}
    </Button>
  );
}

function ColumnChooser({ section, search, columns, change }: Props) {
  const shown = shownColumns(section, search);
  const set = (next: string[]) => {
    const standard = next.join() === defaultColumns(section).join();
    change({ columns: standard ? undefined : next.join(",") });
  };
  const toggle = (id: string) => {
    const wanted = new Set(shown);
    if (!wanted.delete(id)) wanted.add(id);
    set(columns.map((column) => column.id).filter((one) => wanted.has(one)));
  };
  return (
    <Popover position="bottom-end" trapFocus returnFocus withinPortal shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={17} aria-hidden />}>
          {t.sync.columns}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.sync.columns}>
        <ScrollArea.Autosize mah={360} type="auto">
          <Stack gap={8} pr="md">
            {columns.map((column) => (
              <Checkbox key={column.id} size="sm" label={column.label} checked={shown.includes(column.id)} onChange={() => toggle(column.id)} />
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => change({ columns: undefined })}>
          {t.sync.columnsReset}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
