// All this feature asks of the server.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, askWithVersion, ifUnchanged } from "@/api/client";

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/settings", { signal })),
  staleTime: 30_000,
});

export type Values = Record<string, unknown>;

/** one section with its version */
export const sectionQuery = (section: string) =>
  queryOptions({
    queryKey: ["settings", section],
    queryFn: async ({ signal }) => {
      const { data, version } = await askWithVersion(api.GET("/api/v1/settings/{section}", { params: { path: { section: section as never } }, signal }));
      return { values: data as Values, version };
    },
    staleTime: 15_000,
    refetchOnWindowFocus: false, // what is shown while somebody edits must not change under their hands
  });

/** what a name pattern makes of real guests, before it is saved */
export const namesQuery = (pattern: string) =>
  queryOptions({
    queryKey: ["pairing", "names", pattern],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/pairing/names", { params: { query: { pattern } }, signal })),
    placeholderData: keepPreviousData,
    enabled: pattern !== "",
    retry: false,
  });

export function useSaveSettings(section: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ values, version }: { values: Values; version?: string | null }) =>
      ask(api.PUT("/api/v1/settings/{section}", { params: { path: { section: section as never } }, body: values as never, headers: ifUnchanged(version) as never })),
    onSettled: () => {
      client.invalidateQueries({ queryKey: ["settings"] });
      for (const key of ["schedule", "overview", "issues"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
}
