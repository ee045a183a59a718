import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import classes from "./Logs.module.css";

type Props<T> = {
  label: string;
  /** names of the columns on a wide screen; each row names its own values for those who hear it */
  heads: string[];
  /** which of them stand over figures */
  figures?: string[];
  columns: string;
  items: T[];
  row: (item: T) => ReactNode;
  onEnd: () => void;
};

/** a long log scrolled with the page; only the lines in sight are drawn, and more come near the end */
export function VirtualLog<T extends { id: string }>({ label, heads, figures = [], columns, items, row, onEnd }: Props<T>) {
  const list = useRef<HTMLOListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const at = list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0;
    if (Math.abs(at - top) > 1) setTop(at);
  });
  const virtual = useWindowVirtualizer({ count: items.length, estimateSize: () => 46, overscan: 15, scrollMargin: top, getItemKey: (at) => items[at]?.id ?? at });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - 30) onEnd(); // well before the end, so that scrolling does not wait
  }, [last, items.length, onEnd]);
  return (
    <div className="q-panel" style={{ "--log-columns": columns } as React.CSSProperties}>
      <div className={classes.heads} aria-hidden>
        {heads.map((head) => (
          <span key={head} className={figures.includes(head) ? "q-num" : undefined}>
            {head}
          </span>
        ))}
      </div>
      <ol ref={list} className={classes.log} style={{ height: virtual.getTotalSize() }} aria-label={label}>
        {visible.map(({ index, start }) => {
          const item = items[index];
          if (!item) return null;
          return (
            <li
              key={item.id}
              ref={virtual.measureElement}
              data-index={index}
              className={classes.line}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              {row(item)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** one value of a line; its name is seen on a narrow screen and heard on every one */
export function Value({ name, children, className }: { name: string; children: ReactNode; className?: string }) {
  return (
    <span className={`${classes.value} ${className ?? ""}`}>
      <span className={classes.name}>{name}: </span>
      <span className={classes.of}>{children}</span>
    </span>
  );
}
