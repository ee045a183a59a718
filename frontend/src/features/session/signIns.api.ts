// The list of who tried to sign in.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const signInsQuery = infiniteQueryOptions({
  queryKey: ["sign-ins"],
  queryFn: ({ signal, pageParam }) => ask(api.GET("/api/v1/sign-ins", { params: { query: { limit: 20, cursor: pageParam ?? undefined } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});
