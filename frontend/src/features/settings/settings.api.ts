// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/settings", { signal })),
  staleTime: 30_000,
});

export type Values = Record<string, unknown>;

export function useSaveSettings(section: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) =>
      ask(api.PUT("/api/v1/settings/{section}", { params: { path: { section: section as never } }, body: values as never })),
    onSettled: () => {
      client.invalidateQueries({ queryKey: ["settings"] });
      client.invalidateQueries({ queryKey: ["schedule"] });
    },
  });
}
