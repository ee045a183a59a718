// All this feature asks of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { every } from "@/lib/live";

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/overview", { signal })),
  refetchInterval: () => every(15_000),
});

export const issuesQuery = queryOptions({
  queryKey: ["issues"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/issues", { signal })),
  refetchInterval: () => every(30_000),
});

/** the hotel's time zone, asked once: every instant is shown in it */
export const zoneQuery = queryOptions({
  queryKey: ["zone"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/overview", { signal })),
  select: (overview) => overview.time_zone ?? undefined,
  staleTime: Number.POSITIVE_INFINITY,
});
