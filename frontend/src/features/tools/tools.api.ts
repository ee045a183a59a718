// All this feature asks of the server.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const scopes = ["mappings", "links", "all"] as const;
export type Scope = (typeof scopes)[number];

/** what was forgotten concerns every page, so all of them read again */
export function useReset() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { scope: Scope; confirm: string }) => ask(api.POST("/api/v1/tools/reset", { body: input })),
    onSuccess: () => client.invalidateQueries(),
  });
}
