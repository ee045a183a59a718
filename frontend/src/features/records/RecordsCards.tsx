import { Checkbox, Group } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { RecordItem } from "@/api/types";
import { StatusChip } from "@/components/Chip";
import { useMay } from "@/lib/role";
import { sectionName, t } from "@/lib/texts";
import { Cell, NameLink, Walk } from "./Cell";
import type { ColumnInfo } from "./columns";
import { Remark } from "./IssueBox";
import classes from "./RecordsTable.module.css";
import { type RecordsProps, SyncOne } from "./RecordsTable";
import { isSelected, toggled } from "./selection";

/** the same rows for a narrow screen: one card each, scrolled with the page */
export function RecordsCards(props: RecordsProps) {
  const { items, selection } = props;
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({ count: items.length, estimateSize: () => 190, overscan: 6, scrollMargin: top });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  const onEnd = props.onEnd;
  useEffect(() => {
    if (last >= items.length - 5) onEnd();
  }, [last, items.length, onEnd]);
  const facts = props.columns.filter((column) => props.shown.includes(column.id) && !["status", "phase", "remark", "id"].includes(column.id));

  return (
    <ul ref={list} className={`q-panel ${classes.cards}`} style={{ height: virtual.getTotalSize() }} aria-label={sectionName[props.section]}>
      {visible.map(({ index, start }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <li
            key={item.source_id}
            ref={virtual.measureElement}
            data-index={index}
            data-selected={isSelected(selection, item.source_id) || undefined}
            className={classes.card}
            style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${start - top}px)` }}
          >
            <Card item={item} facts={facts} {...props} />
          </li>
        );
      })}
    </ul>
  );
}

function Card({ item, facts, ...props }: RecordsProps & { item: RecordItem; facts: ColumnInfo[] }) {
  const may = useMay("operator");
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Group gap={10} wrap="nowrap" align="flex-start" style={{ minWidth: 0 }}>
          <Checkbox
            size="sm"
            mt={2}
            aria-label={t.sync.select(item.name)}
            checked={isSelected(props.selection, item.source_id)}
            disabled={!may}
            onChange={() => props.onSelect(toggled(props.selection, item.source_id, props.items))}
          />
          <span style={{ overflowWrap: "anywhere" }}>
            <NameLink item={item} section={props.section} />
          </span>
        </Group>
        <SyncOne item={item} onSync={props.onSync} />
      </Group>
      <Group gap="xs" mt={6}>
        {props.section === "orders" ? <Walk item={item} /> : <StatusChip status={item.status} />}
      </Group>
      {props.section !== "orders" && (item.issue || item.notices?.length) ? (
        <div className={classes.remark}>
          <Remark item={item} />
        </div>
      ) : null}
      <dl className={classes.facts}>
        {facts.map((column) => (
          <div key={column.id} style={{ display: "contents" }}>
            <dt>{column.label}</dt>
            <dd>
              <Cell item={item} column={column.id} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
