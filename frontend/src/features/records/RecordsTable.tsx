import { ActionIcon, Checkbox, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort, IconRefresh } from "@tabler/icons-react";
import { type ColumnDef, columnVisibilityFeature, rowSelectionFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { RecordItem } from "@/api/types";
import { useMay } from "@/lib/role";
import type { Section } from "@/lib/sections";
import { sectionOne, t } from "@/lib/texts";
import { Cell, NameLink } from "./Cell";
import type { ColumnInfo } from "./columns";
import classes from "./RecordsTable.module.css";

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });
const rowHeight = 41;

export type RecordsProps = {
  section: Section;
  items: RecordItem[];
  columns: ColumnInfo[];
  shown: string[];
  selected: ReadonlySet<string>;
  sort: string;
  onSelect: (ids: Set<string>) => void;
  onSort: (sort: string) => void;
  onSync: (item: RecordItem) => void;
  onEnd: () => void;
};

/** every row that is loaded, of which only the visible ones are in the page */
export function RecordsTable(props: RecordsProps) {
  const { section, items, columns, shown, selected } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const mayOperate = useMay("operator");
  const defs = useMemo<ColumnDef<typeof features, RecordItem>[]>(
    () => columns.map((column) => ({ id: column.id, header: column.label, cell: ({ row }) => <Cell item={row.original} column={column.id} /> })),
    [columns],
  );
  const table = useTable({
    features,
    columns: defs,
    data: items,
    getRowId: (item) => item.source_id,
    state: {
      columnVisibility: Object.fromEntries(columns.map((column) => [column.id, shown.includes(column.id)])),
      rowSelection: Object.fromEntries([...selected].map((id) => [id, true])),
    },
  });
  const rows = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  const onEnd = props.onEnd;
  useEffect(() => {
    if (last >= rows.length - 10) onEnd();
  }, [last, rows.length, onEnd]);

  const infos = columns.filter((column) => shown.includes(column.id));
  const width = 44 + 210 + 84 + infos.reduce((sum, column) => sum + column.width, 0);
  const before = visible[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (visible.at(-1)?.end ?? 0);
  const all = items.length > 0 && items.every((item) => selected.has(item.source_id));

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} className={`q-panel ${classes.scroller}`} tabIndex={0} aria-label={t.sync.tableOf(sectionOne[section])}>
      <table className={classes.table} style={{ minWidth: width }} aria-rowcount={rows.length + 1}>
        <colgroup>
          <col style={{ width: 44 }} />
          <col />
          {infos.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
          <col style={{ width: 84 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col" className={classes.check}>
              <Checkbox
                size="xs"
                aria-label={t.sync.selectAll}
                checked={all}
                indeterminate={!all && selected.size > 0}
                disabled={!mayOperate}
                onChange={() => props.onSelect(all ? new Set() : new Set(items.map((item) => item.source_id)))}
              />
            </th>
            <Head column={{ id: "name", label: section === "orders" ? t.sync.order : t.sync.name, width: 0, sort: "name" }} sort={props.sort} onSort={props.onSort} sticky />
            {infos.map((column) => (
              <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
            <th scope="col" className={classes.actions}>
              <span className="q-visually-hidden">{t.sync.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <tr aria-hidden style={{ height: before }} /> : null}
          {visible.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            const item = row.original;
            return (
              <tr key={row.id} aria-rowindex={index + 2} data-selected={selected.has(row.id) || undefined} className={classes.row}>
                <td className={classes.check}>
                  <Checkbox
                    size="xs"
                    aria-label={t.sync.select(item.name)}
                    checked={selected.has(row.id)}
                    disabled={!mayOperate}
                    onChange={() => props.onSelect(toggled(selected, row.id))}
                  />
                </td>
                <th scope="row" className={classes.name} title={item.name}>
                  <NameLink item={item} section={section} />
                </th>
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className={infos.find((info) => info.id === cell.column.id)?.numeric ? "q-num" : undefined}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
                <td className={classes.actions}>
                  <SyncOne item={item} may={mayOperate} onSync={props.onSync} />
                </td>
              </tr>
            );
          })}
          {after > 0 ? <tr aria-hidden style={{ height: after }} /> : null}
        </tbody>
      </table>
    </section>
  );
}

export function toggled(selected: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function SyncOne(props: { item: RecordItem; may: boolean; onSync: (item: RecordItem) => void }) {
  const { item } = props;
  const busy = item.status === "pending" || item.status === "syncing";
  if (busy) return <span className={classes.queued}>{t.sync.queued}</span>;
  return (
    <Tooltip label={props.may ? t.sync.sync : t.problem.forbiddenHint(t.session.role.operator ?? "operator")}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={t.sync.syncOne(item.name)}
        aria-disabled={!props.may}
        data-disabled={!props.may || undefined}
        onClick={() => props.may && props.onSync(item)}
      >
        <IconRefresh size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

function Head(props: { column: ColumnInfo; sort: string; onSort: (sort: string) => void; sticky?: boolean }) {
  const { column } = props;
  const key = column.sort;
  const className = `${column.numeric ? "q-num" : ""} ${props.sticky ? classes.name : ""}`;
  if (!key) return <th scope="col" className={className}>{column.label}</th>;
  const direction = props.sort === key ? "ascending" : props.sort === `-${key}` ? "descending" : undefined;
  const Icon = direction === "ascending" ? IconArrowUp : direction === "descending" ? IconArrowDown : IconArrowsSort;
  return (
    <th scope="col" className={className} aria-sort={direction}>
      <button type="button" className={classes.sort} onClick={() => props.onSort(direction === "descending" ? key : `-${key}`)}>
        {column.label}
        <Icon size={14} aria-hidden className={direction ? undefined : classes.unsorted} />
      </button>
    </th>
  );
}
