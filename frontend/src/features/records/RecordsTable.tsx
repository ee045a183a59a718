import { Button, Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconArrowsSort, IconRefresh } from "@tabler/icons-react";
import { type ColumnDef, columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, memo, useCallback, useEffect, useMemo, useRef } from "react";
import type { RecordItem } from "@/api/types";
import { isSecond } from "@/lib/doubleClick";
import { useLack, useMay } from "@/lib/role";
import type { Section } from "@/lib/sections";
import { sectionOne, t } from "@/lib/texts";
import { Cell, NameLink, remarked } from "./Cell";
import { type ColumnInfo, wordsOf } from "./columns";
import classes from "./RecordsTable.module.css";
import { before } from "./verbs";
import { isSelected, type Selection, toggled } from "./selection";
import { type Density, rowHeights } from "./views";

const features = tableFeatures({ columnVisibilityFeature });

export type RecordsProps = {
  section: Section;
  items: RecordItem[];
  columns: ColumnInfo[];
  shown: string[];
  selection: Selection;
  density: Density;
  sort: string;
  onSelect: (next: Selection) => void;
  onSort: (sort: string) => void;
  onSync: (item: RecordItem) => void;
  onEnd: () => void;
};

/** every row that is loaded, of which only the visible ones are in the page */
export function RecordsTable(props: RecordsProps) {
  const { section, items, columns, shown, selection } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const mayOperate = useMay("operator");
  const defs = useMemo<ColumnDef<typeof features, RecordItem>[]>(() => columns.map((column) => ({ id: column.id, header: column.label })), [columns]);
  const table = useTable({
    features,
    columns: defs,
    data: items,
    getRowId: (item) => item.source_id,
    state: {
      columnVisibility: Object.fromEntries(columns.map((column) => [column.id, shown.includes(column.id)])),
    },
  });
  const rows = table.getRowModel().rows;
  const rowHeight = rowHeights[props.density];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    // a cause stands on a line of its own under the phase
    estimateSize: (index) => (shown.includes("phase") && rows[index] && remarked(rows[index].original) ? rowHeight + 17 : rowHeight),
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other heights are other places
  useEffect(() => virtual.measure(), [rowHeight]);
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  const onEnd = props.onEnd;
  useEffect(() => {
    if (last >= rows.length - 80) onEnd(); // well before the end, so that scrolling does not wait
  }, [last, rows.length, onEnd]);

  const infos = useMemo(() => columns.filter((column) => shown.includes(column.id)), [columns, shown]);
  const onSelect = props.onSelect;
  const toggle = useCallback((id: string) => onSelect(toggled(selection, id, items)), [onSelect, selection, items]);
  const nameWidth = section === "orders" ? 120 : 210;
  const width = 44 + nameWidth + 92 + infos.reduce((sum, column) => sum + column.width, 0);
  const above = visible[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (visible.at(-1)?.end ?? 0);
  const all = items.length > 0 && items.every((item) => isSelected(selection, item.source_id));

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} className={`q-panel ${classes.scroller}`} style={{ "--names": `${nameWidth}px` } as CSSProperties} tabIndex={0} aria-label={t.sync.tableOf(sectionOne[section])}>
      <table className={classes.table} style={{ minWidth: width, "--row": `${rowHeight}px` } as CSSProperties} aria-rowcount={rows.length + 1}>
        <colgroup>
          <col style={{ width: 44 }} />
          <col />
          {infos.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
          <col style={{ width: 92 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col" className={classes.check}>
              <Checkbox
                size="xs"
                aria-label={t.sync.selectAll}
                checked={all}
                indeterminate={!all && selection !== "all" && selection.size > 0}
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
          {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
          {visible.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <Row
                key={row.id}
                item={row.original}
                at={index + 2}
                section={section}
                columns={infos}
                selected={isSelected(selection, row.id)}
                may={mayOperate}
                toggle={toggle}
                sync={props.onSync}
              />
            );
          })}
          {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
        </tbody>
      </table>
    </section>
  );
}

type RowProps = {
  item: RecordItem;
  at: number;
  section: Section;
  columns: ColumnInfo[];
  selected: boolean;
  may: boolean;
  toggle: (id: string) => void;
  sync: (item: RecordItem) => void;
};

/** drawn again only when something about it changes, not at every step of scrolling */
const Row = memo(function Row({ item, at, section, columns, selected, may, toggle, sync }: RowProps) {
  return (
    <tr aria-rowindex={at} data-row={item.source_id} data-selected={selected || undefined} className={classes.row}>
      <td className={classes.check}>
        <input type="checkbox" className={classes.tick} aria-label={t.sync.select(item.name)} checked={selected} disabled={!may} onChange={() => toggle(item.source_id)} />
      </td>
      <th scope="row" className={classes.name} title={item.name}>
        <NameLink item={item} section={section} />
      </th>
      {columns.map((column) => {
        const words = wordsOf(item, column);
        const cell = <Cell item={item} column={column.id} />;
        return (
          <td key={column.id} className={column.numeric ? "q-num" : undefined} title={words}>
            {words === undefined ? cell : <div className={classes.words}>{cell}</div>}
          </td>
        );
      })}
      <td className={classes.actions}>
        <SyncOne item={item} onSync={sync} />
      </td>
    </tr>
  );
});

export function SyncOne(props: { item: RecordItem; onSync: (item: RecordItem) => void }) {
  const { item } = props;
  const may = useMay("operator");
  const lack = useLack("operator");
  const busy = item.status === "pending" || item.status === "syncing";
  if (busy) return <span className={classes.queued}>{t.sync.queued}</span>;
  return (
      <Button
        title={may ? before(item) : lack}
        variant="default"
        size="compact-sm"
        leftSection={<IconRefresh size={14} aria-hidden />}
        aria-label={t.sync.syncOne(item.name)}
        aria-disabled={!may}
        data-disabled={!may || undefined}
        onClick={(event) => may && !isSecond(event) && props.onSync(item)}
      >
        {t.sync.sync}
      </Button>
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
