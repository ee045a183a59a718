// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { every } from "@/lib/live";
import { t } from "@/lib/texts";
import type { components } from "@/api/schema.gen";

export type Delivery = components["schemas"]["Delivery"];

/** the last messages and what became of each */
export const deliveriesQuery = queryOptions({
  queryKey: ["alerts"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/alerts", { params: { query: { limit: t.alerts.last } }, signal })),
  refetchInterval: () => every(30_000),
});

/** one message now, and what became of it */
export function useSendTest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/alerts/test")),
    onSettled: () => client.invalidateQueries({ queryKey: deliveriesQuery.queryKey }),
  });
}
