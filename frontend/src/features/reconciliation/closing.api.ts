// What closing a month asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call } from "@/api/client";
import type { ClosedMonth, PeriodClose } from "@/api/types";

export const periodsQuery = queryOptions({
  queryKey: ["periods"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/periods", { signal })),
});

function useChanged() {
  const client = useQueryClient();
  return () => {
    for (const key of ["periods", "overview", "issues"]) client.invalidateQueries({ queryKey: [key] });
  };
}

export function useClose(month: string) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (body: PeriodClose): Promise<ClosedMonth> => ask(api.POST("/api/v1/periods/{month}/close", { params: { path: { month } }, body })),
    onSettled: changed,
  });
}

export function useReopen(month: string) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (reason: string) => call<void>("DELETE", `/periods/${month}/close`, { reason }),
    onSettled: changed,
  });
}
