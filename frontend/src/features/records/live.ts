// Keeps lists true while rows change, without reading a long list again from its beginning.

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { RecordFilter, RecordItem, RecordPage } from "@/api/types";
import { isOneOf, type Section, sections } from "@/lib/sections";
import { countsOf, recordQuery } from "./records.api";

type Cached = InfiniteData<RecordPage, string | undefined>;

const short = 3; // pages that are simply read again
const looked = 25; // changed rows of a long list that are looked up one by one

/** brings the lists of a section up to date; ids name the rows that changed when that is known */
export async function refreshRecords(client: QueryClient, section: Section, ids?: readonly string[]) {
  client.invalidateQueries({ queryKey: ["record", section] });
  const lists = client.getQueryCache().findAll({ queryKey: ["records", section] });
  await Promise.all(
    lists.map(async (query) => {
      const data = query.state.data as Cached | undefined;
      if (!data?.pages || data.pages.length <= short) return client.invalidateQueries({ queryKey: query.queryKey, exact: true });
      if (!query.isActive()) return client.removeQueries({ queryKey: query.queryKey, exact: true });
      const loaded = new Set(data.pages.flatMap((page) => page.items.map((item) => item.source_id)));
      const wanted = ids?.filter((id) => loaded.has(id));
      if (!wanted || wanted.length > looked) changed.mark(section);
      const rows = await lookUp(client, section, wanted?.slice(0, looked) ?? []);
      const counts = await countsOf(section, query.queryKey[2] as RecordFilter).catch(() => undefined);
      client.setQueryData<Cached>(query.queryKey, (old) => old && patched(old, rows, counts));
    }),
  );
}

async function lookUp(client: QueryClient, section: Section, ids: readonly string[]): Promise<Map<string, RecordItem>> {
  const found = await Promise.all(ids.map((id) => client.fetchQuery({ ...recordQuery(section, id), staleTime: 0 }).catch(() => null)));
  return new Map(found.filter((one) => one !== null).map((one) => [one.source_id, one]));
}

type State = { status?: string; phase?: string | null };

/** shows new states at once; the rest of the rows follows */
export function showStates(client: QueryClient, section: Section, states: ReadonlyMap<string, State>) {
  for (const query of client.getQueryCache().findAll({ queryKey: ["records", section] })) {
    const data = query.state.data as Cached | undefined;
    const rows = new Map<string, RecordItem>();
    for (const page of data?.pages ?? []) {
      for (const item of page.items) {
        const state = states.get(item.source_id);
        if (state) rows.set(item.source_id, { ...item, status: state.status ?? item.status, phase: state.phase ?? item.phase } as RecordItem);
      }
    }
    if (data && rows.size > 0) client.setQueryData<Cached>(query.queryKey, patched(data, rows, undefined));
  }
}

export function patched(old: Cached, rows: ReadonlyMap<string, RecordItem>, counted: Pick<RecordPage, "counts" | "matching"> | undefined): Cached {
  const pages = old.pages.map((page, at) => {
    const touched = page.items.some((item) => rows.has(item.source_id));
    if (!touched && !(at === 0 && counted)) return page;
    const items = touched ? page.items.map((item) => (rows.has(item.source_id) ? { ...item, ...rows.get(item.source_id) } : item)) : page.items;
    return { ...page, items, ...(at === 0 ? counted : undefined) };
  });
  return { ...old, pages };
}

/** what a run may have changed */
export function refreshAfterRuns(client: QueryClient) {
  for (const key of ["overview", "issues", "mappings", "budget", "schedule", "reconciliation", "periods", "guest-ledger", "pairing", "payments"]) client.invalidateQueries({ queryKey: [key] });
  const listed = new Set(client.getQueryCache().findAll({ queryKey: ["records"] }).map((query) => query.queryKey[1]));
  for (const section of listed) if (isOneOf(sections, section)) refreshRecords(client, section);
}

/** sections whose long list has rows that are older than what the server knows */
class Changed {
  private marked = new Set<Section>();
  private listeners = new Set<() => void>();
  mark(section: Section, on = true) {
    if (this.marked.has(section) === on) return;
    if (on) this.marked.add(section);
    else this.marked.delete(section);
    for (const listener of this.listeners) listener();
  }
  has = (section: Section) => this.marked.has(section);
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };
}

export const changed = new Changed();

export function useChanged(section: Section): boolean {
  return useSyncExternalStore(changed.subscribe, () => changed.has(section));
}
