// All this feature asks of the server.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { every } from "@/lib/live";
import { recall, remember } from "@/lib/remember";

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

const zoneQuery = queryOptions({
  queryKey: ["zone"],
  queryFn: async ({ signal }) => {
    const { time_zone } = await ask(api.GET("/api/v1/overview", { signal }));
    remember("zone", time_zone ?? undefined);
    return time_zone ?? "";
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** the hotel's time zone, asked once: every instant is shown in it. Until the answer comes it is the one of the last visit,
 * as hours that change while somebody reads them are worse than none. */
export function useHotelZone(): string | undefined {
  const { data } = useQuery(zoneQuery);
  return (data ?? recall("zone")) || undefined;
}
