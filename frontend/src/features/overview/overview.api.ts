// All this feature asks of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/overview", { signal })),
  refetchInterval: 15_000,
});

export const issuesQuery = queryOptions({
  queryKey: ["issues"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/issues", { signal })),
  refetchInterval: 30_000,
});
