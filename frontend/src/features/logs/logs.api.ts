// All this feature asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { every } from "@/lib/live";
import { type AuditSearch, beginningOf, type CallsSearch, endOf } from "./filters";

const pageSize = 100;

/** the zone matters only to a filter by days; without one the list need not wait for it */
function zoneOf(search: { from?: string; to?: string }, zone: string | undefined): string {
  return search.from || search.to ? (zone ?? "") : "";
}

function moments(search: { from?: string; to?: string }, zone: string | undefined) {
  return { from: search.from && beginningOf(search.from, zone), to: search.to && endOf(search.to, zone) };
}

export const callsQuery = ({ call: _open, ...search }: CallsSearch, zone: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["logs", "calls", search, zoneOf(search, zone)],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET("/api/v1/logs", {
          params: { query: { ...search, status: search.status ? [search.status] : undefined, ...moments(search, zone), limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    // a long list is not read again from its beginning while somebody is in the middle of it
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : every(15_000)),
  });

export const auditQuery = (search: AuditSearch, zone: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["logs", "audit", search, zoneOf(search, zone)],
    queryFn: ({ signal, pageParam }) =>
      ask(api.GET("/api/v1/audit", { params: { query: { ...search, ...moments(search, zone), limit: pageSize, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : every(30_000)),
  });

/** one call with its bodies: for accountants */
export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ["logs", "call", id],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/logs/{id}", { params: { path: { id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
