// How this browser shows a list: how high its rows are, and the views that somebody saved under a name.

import { useState } from "react";
import { recall, remember } from "@/lib/remember";
import type { Section } from "@/lib/sections";
import { readSearch, type RecordSearch } from "./filters";

export type Density = "compact" | "roomy";

/** the height of a row in pixels */
export const rowHeights: Record<Density, number> = { compact: 36, roomy: 46 };

export function useDensity(): [Density, (next: Density) => void] {
  const [density, set] = useState<Density>(recall("density") === "roomy" ? "roomy" : "compact");
  return [
    density,
    (next) => {
      remember("density", next === "compact" ? undefined : next);
      set(next);
    },
  ];
}

export type View = { name: string; search: RecordSearch };

const key = (section: Section) => `views.${section}`;

/** the saved views of a section; what cannot be read is none */
export function savedViews(section: Section): View[] {
  try {
    const list: unknown = JSON.parse(recall(key(section)) ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.filter((one) => typeof one?.name === "string" && typeof one.search === "object").map((one) => ({ name: one.name, search: readSearch(one.search ?? {}) }));
  } catch {
    return [];
  }
}

/** saved views with the means to add, replace and forget one; a view is filters, order and columns, no open record */
export function useViews(section: Section) {
  const [views, set] = useState(() => savedViews(section));
  const keep = (next: View[]) => {
    remember(key(section), next.length > 0 ? JSON.stringify(next) : undefined);
    set(next);
  };
  return {
    views,
    save: (name: string, { record: _, ...search }: RecordSearch) => keep([...views.filter((one) => one.name !== name), { name, search }].sort((a, b) => a.name.localeCompare(b.name))),
    forget: (name: string) => keep(views.filter((one) => one.name !== name)),
  };
}
