// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, askVersioned, ifUnchanged } from "@/api/client";
import type { MappingFormer } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import { type MappingKind, mappingKinds } from "@/lib/sections";

export const mappingQuery = (kind: MappingKind) =>
  queryOptions({
    queryKey: ["mappings", kind],
    queryFn: ({ signal }) => askVersioned(api.GET("/api/v1/mappings/{kind}", { params: { path: { kind } }, signal })),
  });

/** chosen ids by row; null forgets the choice */
export type Changes = Record<string, string | null>;

/** changes the rows that are named, made from a version of the page */
export const putMapping = (kind: MappingKind, changes: Changes, version: string | null) =>
  askVersioned(
    api.PUT("/api/v1/mappings/{kind}", {
      params: { path: { kind } },
      body: { items: Object.entries(changes).map(([source_id, zoho_id]) => ({ source_id, zoho_id })) },
      headers: ifUnchanged(version) as never,
    }),
  );

export function useSaveMapping(kind: MappingKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ changes, version }: { changes: Changes; version: string | null }) => putMapping(kind, changes, version),
    onSuccess: async (page) => {
      await client.cancelQueries({ queryKey: mappingQuery(kind).queryKey }); // one that is still on its way was read before
      client.setQueryData(mappingQuery(kind).queryKey, page);
    },
    onSettled: () => {
      for (const key of ["records", "issues", "overview", "start"]) client.invalidateQueries({ queryKey: [key] }); // what waited for a choice goes on
    },
  });
}

/** reads one table again, or all of them */
export function useRefreshMapping(kind?: MappingKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/mappings/refresh", { body: { kinds: kind ? [kind] : [...mappingKinds] } })),
    onSuccess: (run) => runStarted(client, run),
  });
}

/** sends what stands under a former choice, as far as Zoho Books lets it be changed */
export function useSendAgain(kind: MappingKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (former: MappingFormer) =>
      ask(
        api.POST("/api/v1/mappings/{kind}/send-again", {
          params: { path: { kind } },
          body: { source_id: former.source_id, zoho_id: former.zoho_id },
        }),
      ),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => client.invalidateQueries({ queryKey: mappingQuery(kind).queryKey }),
  });
}
