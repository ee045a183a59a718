// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { MappingFormer } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import type { MappingKind } from "@/lib/sections";

export const mappingQuery = (kind: MappingKind) =>
  queryOptions({
    queryKey: ["mappings", kind],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/mappings/{kind}", { params: { path: { kind } }, signal })),
  });

/** chosen ids by row; null forgets the choice */
export type Changes = Record<string, string | null>;

export function useSaveMapping(kind: MappingKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Changes) =>
      ask(
        api.PUT("/api/v1/mappings/{kind}", {
          params: { path: { kind } },
          body: { items: Object.entries(changes).map(([source_id, zoho_id]) => ({ source_id, zoho_id })) },
        }),
      ),
    onSuccess: (page) => client.setQueryData(mappingQuery(kind).queryKey, page),
    onSettled: () => client.invalidateQueries({ queryKey: ["records"] }),
  });
}

export function useRefreshMapping(kind: MappingKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/mappings/refresh", { body: { kinds: [kind] } })),
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
