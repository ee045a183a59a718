import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./LinkTabs.module.css";

export type LinkTab = { key: string; label: string; link: LinkProps; badge?: ReactNode };

/** sections of a page as links, because each has its own address */
export function LinkTabs(props: { label: string; current: string; tabs: LinkTab[] }) {
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when another tab becomes current
  useEffect(() => {
    const ul = list.current;
    const active = ul?.querySelector<HTMLElement>('[aria-current="page"]');
    if (ul && active) ul.scrollLeft = active.offsetLeft - ul.clientWidth / 2 + active.offsetWidth / 2;
  }, [props.current]);
  return (
    <nav aria-label={props.label}>
      <ul className={classes.list} ref={list}>
        {props.tabs.map((tab) => (
          <li key={tab.key}>
            <Link
              {...tab.link}
              className={classes.link}
              activeProps={{}}
              activeOptions={{ exact: true }}
              aria-current={tab.key === props.current ? "page" : undefined}
            >
              {tab.label}
              {tab.badge ? <span className={classes.badge}>{tab.badge}</span> : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
