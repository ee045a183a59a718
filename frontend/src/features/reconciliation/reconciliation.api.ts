// All this feature asks of the server.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call } from "@/api/client";
import { download } from "@/api/file";
import type { Difference, Run } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import type { Period } from "./period";

export const reconciliationQuery = (period: Period, hotel: string | undefined) =>
  queryOptions({
    queryKey: ["reconciliation", period.from, period.to, hotel ?? ""],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/reconciliation", { params: { query: { ...period, hotel } }, signal })),
    placeholderData: keepPreviousData,
  });

/** reads both sides again; nothing is posted */
export function useRefresh() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (period: Period) => ask(api.POST("/api/v1/reconciliation/refresh", { body: period })),
    onSuccess: (run) => runStarted(client, run),
  });
}

export function useDownload() {
  return useMutation({
    mutationFn: ({ period, hotel }: { period: Period; hotel: string | undefined }) => {
      const query = new URLSearchParams({ from: period.from, to: period.to, format: "csv" });
      if (hotel) query.set("hotel", hotel);
      return download(`/api/v1/reconciliation?${query}`, `reconciliation-${period.from}-${period.to}.csv`);
    },
  });
}

/** does what cures a difference; gives the run it started, or null when it took effect at once */
export function useCure() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ action, reason }: { action: Difference["action"]; reason?: string }): Promise<Run | null> => {
      const confirmed = action.verb === "sync" || action.verb === "retry" ? { confirm: true } : {};
      const body = { ...(action.body as object | null), ...confirmed, ...(reason ? { reason } : {}) };
      const answer = await call<Partial<Run>>("POST", action.path ?? "", body);
      return answer?.kind && answer.created_at ? (answer as Run) : null;
    },
    onSuccess: (run) => run && runStarted(client, run),
    onSettled: () => client.invalidateQueries({ queryKey: ["reconciliation"] }),
  });
}
