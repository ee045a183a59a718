// All this feature asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { RecordFilter } from "@/api/types";
import { live } from "@/lib/live";
import type { Section } from "@/lib/sections";
import { t } from "@/lib/texts";
import { textOf } from "./columns";
import { type RecordSearch, toFilter } from "./filters";

const pageSize = 200;

function listPage(section: Section, filter: RecordFilter, sort: string | undefined, limit: number, cursor?: string, signal?: AbortSignal) {
  return ask(
    api.GET("/api/v1/records/{section}", {
      params: { path: { section }, query: { ...filter, sort: sort as never, limit, cursor } },
      signal,
    }),
  );
}

export const recordsQuery = (section: Section, search: RecordSearch) => {
  const filter = toFilter(section, search);
  return infiniteQueryOptions({
    queryKey: ["records", section, filter, search.sort ?? ""],
    queryFn: ({ signal, pageParam }) => listPage(section, filter, search.sort, pageSize, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (query) => (live.on() || (query.state.data?.pages.length ?? 0) > 3 ? false : 30_000),
    placeholderData: (previous, query) => (query?.queryKey[1] === section ? keepPreviousData(previous) : undefined),
  });
};

/** the list of hotels, for choices elsewhere */
export const hotelsQuery = queryOptions({
  queryKey: ["records", "hotels", "choices"],
  queryFn: ({ signal }) => listPage("hotels", {}, "name", 200, undefined, signal),
  select: (page) => page.items.map((item) => ({ value: item.source_id, label: item.name })),
  staleTime: 5 * 60_000,
});

/** the first guests that a search finds, for choosing one */
export const guestsQuery = (q: string) =>
  queryOptions({
    queryKey: ["records", "customers", "choices", q],
    queryFn: ({ signal }) => listPage("customers", { q }, undefined, 8, undefined, signal),
    select: (page) => page.items.map((item) => ({ value: item.source_id, label: t.sync.guest(item.name, item.source_id) })),
    enabled: q !== "",
  });

/** the ISO codes of the listed currencies */
export const currenciesQuery = queryOptions({
  queryKey: ["records", "currencies", "choices"],
  queryFn: ({ signal }) => listPage("currencies", {}, "name", 200, undefined, signal),
  select: (page) => [...new Set(page.items.map((item) => textOf(item, "iso") || textOf(item, "iso_code")).filter((code) => /^[A-Z]{3}$/.test(code)))],
  staleTime: 5 * 60_000,
});

export const recordQuery = (section: Section, id: string) =>
  queryOptions({
    queryKey: ["record", section, id],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/records/{section}/{source_id}", { params: { path: { section, source_id: id } }, signal })),
  });

/** counts what a filter matches by reading the list; null beyond 20 000 */
export async function countMatching(section: Section, search: RecordSearch): Promise<number | null> {
  let count = 0;
  let cursor: string | undefined;
  for (let page = 0; page < 100; page++) {
    const answer = await listPage(section, toFilter(section, search), undefined, 200, cursor);
    count += answer.items.length;
    if (!answer.next_cursor) return count;
    cursor = answer.next_cursor;
  }
  return null;
}

/** whether a section was initialized, and its counts, without its rows */
export const initializedQuery = (section: Section) =>
  queryOptions({
    queryKey: ["records", section, "initialized"],
    queryFn: ({ signal }) => listPage(section, {}, undefined, 1, undefined, signal),
    staleTime: 30_000,
  });

/** what a filter selects, counted by state and phase, without its rows */
export const matchingQuery = (section: Section, filter: RecordFilter) =>
  queryOptions({
    queryKey: ["records", section, "matching", filter],
    queryFn: ({ signal }) => listPage(section, filter, undefined, 1, undefined, signal),
  });

/** how many records of a section stand in each state, and how many a filter selects */
export async function countsOf(section: Section, filter: RecordFilter) {
  const { counts, matching } = await listPage(section, filter, undefined, 1);
  return { counts, matching };
}
