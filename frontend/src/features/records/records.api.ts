// All this feature asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { RecordFilter, SyncRequest } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import type { Section } from "@/lib/sections";
import { type RecordSearch, toFilter } from "./filters";

const pageSize = 100;

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

function useRefresh() {
  const client = useQueryClient();
  return (section: Section) =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["records", section] }),
      client.invalidateQueries({ queryKey: ["record", section] }),
    ]);
}

export function useInitialize(section: Section) {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/records/{section}/initialize", { params: { path: { section } } })),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => refresh(section),
  });
}

export function useSync(section: Section) {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: SyncRequest) =>
      ask(api.POST("/api/v1/records/{section}/sync", { params: { path: { section } }, body })),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => refresh(section),
  });
}

export type Verb = { verb: "sync" | "retry" | "unskip" } | { verb: "skip"; reason: string };

/** one verb on a whole record (its main document) */
export function useRecordVerb(section: Section) {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (input: Verb & { id: string }) => {
      const params = { path: { section, source_id: input.id } };
      switch (input.verb) {
        case "sync":
          return runStarted(client, await ask(api.POST("/api/v1/records/{section}/{source_id}/sync", { params, body: { confirm: true } })));
        case "retry":
          return runStarted(client, await ask(api.POST("/api/v1/records/{section}/{source_id}/retry", { params, body: { confirm: true } })));
        case "skip":
          await ask(api.POST("/api/v1/records/{section}/{source_id}/skip", { params, body: { reason: input.reason } }));
          return;
        case "unskip":
          await ask(api.POST("/api/v1/records/{section}/{source_id}/unskip", { params }));
      }
    },
    onSettled: () => refresh(section),
  });
}

/** one verb on one document of a record */
export function useDocumentVerb(section: Section) {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (input: Verb & { flow: string; id: string }) => {
      const params = { path: { flow: input.flow as never, source_id: input.id } };
      switch (input.verb) {
        case "sync":
          return runStarted(client, await ask(api.POST("/api/v1/documents/{flow}/{source_id}/sync", { params, body: { confirm: true } })));
        case "retry":
          return runStarted(client, await ask(api.POST("/api/v1/documents/{flow}/{source_id}/retry", { params, body: { confirm: true } })));
        case "skip":
          await ask(api.POST("/api/v1/documents/{flow}/{source_id}/skip", { params, body: { reason: input.reason } }));
          return;
        case "unskip":
          await ask(api.POST("/api/v1/documents/{flow}/{source_id}/unskip", { params }));
      }
    },
    onSettled: () => refresh(section),
  });
}
