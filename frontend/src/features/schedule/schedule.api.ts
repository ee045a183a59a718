// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { ScheduleKind, ScheduleState } from "@/api/contract";
import type { Run } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import { every } from "@/lib/live";

export const scheduleQuery = queryOptions({
  queryKey: ["schedule"],
  queryFn: ({ signal }) => call<ScheduleState>("GET", "/schedule", undefined, signal),
  refetchInterval: (query) => every(query.state.data?.running ? 3_000 : 30_000),
});

/** one tick or one daily pass; works while the schedule is off */
export function useRunNow() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (kind: ScheduleKind) => call<Run>("POST", "/schedule/run", { kind }),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => client.invalidateQueries({ queryKey: ["schedule"] }),
  });
}

export function usePause() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (pause: boolean) => call<unknown>("POST", pause ? "/schedule/pause" : "/schedule/resume"),
    onSettled: () => {
      client.invalidateQueries({ queryKey: ["schedule"] });
      client.invalidateQueries({ queryKey: ["settings"] });
    },
  });
}
