// All this feature asks of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/session", { signal })),
  staleTime: 5 * 60_000,
});

/** asks who a token belongs to, before it becomes the session's */
export function tryToken(token: string) {
  return ask(api.GET("/api/v1/session", { headers: { Authorization: `Bearer ${token}` } }));
}
