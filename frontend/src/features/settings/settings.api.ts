// All this feature asks of the server.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, askWithVersion, ifUnchanged } from "@/api/client";

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/settings", { signal })),
  staleTime: 30_000,
});

/** the profiles of QloApps' employees; none where they cannot be read */
export const profilesQuery = queryOptions({
  queryKey: ["profiles"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/profiles", { signal })),
  select: (page) => page.items,
  staleTime: 60_000,
});

export type Values = Record<string, unknown>;

/** one section with its version */
export const sectionQuery = (section: string) =>
  queryOptions({
    queryKey: ["settings", section],
    queryFn: ({ signal }) => withValues(api.GET("/api/v1/settings/{section}", { params: { path: { section: section as never } }, signal })),
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

async function withValues(request: Parameters<typeof askWithVersion>[0]) {
  const { data, version } = await askWithVersion(request);
  return { values: data as Values, version };
}

/** replaces a section that was made from a version, and gives what stands now with its own */
export const putSection = (section: string, values: Values, version: string | null) =>
  withValues(api.PUT("/api/v1/settings/{section}", { params: { path: { section: section as never } }, body: values as never, headers: ifUnchanged(version) as never }));

export function useSaveSettings(section: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ values, version }: { values: Values; version: string | null }) => putSection(section, values, version),
    // the form goes on from the answer, so that a field that is never shown again is no change any more
    onSuccess: (stands) => client.setQueryData(sectionQuery(section).queryKey, stands),
    onSettled: () => {
      client.invalidateQueries({ queryKey: ["settings"] });
      for (const key of ["schedule", "overview", "issues"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
}
