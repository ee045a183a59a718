// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const scopes = ["mappings", "links", "all"] as const;
export type Scope = (typeof scopes)[number];

/** what would be forgotten, counted now */
export const wouldForget = (scope: Scope) =>
  queryOptions({
    queryKey: ["tools", "reset", scope],
    queryFn: ({ signal }) => ask(api.POST("/api/v1/tools/reset/preview", { body: { scope }, signal })),
    staleTime: 0,
  });

/** what was forgotten concerns every page, so all of them read again */
export function useReset() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { scope: Scope; confirm: string }) => ask(api.POST("/api/v1/tools/reset", { body: input })),
    onSuccess: () => client.invalidateQueries(),
  });
}
