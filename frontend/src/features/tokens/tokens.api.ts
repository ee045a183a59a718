// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Token = components["schemas"]["Token"];
export type TokenInput = components["schemas"]["TokenInput"];
export type NewToken = components["schemas"]["NewToken"];

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/tokens", { signal })),
});

/** the answer holds the secret, which is kept nowhere but on the page that shows it */
export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    gcTime: 0,
    mutationFn: (input: TokenInput) => ask(api.POST("/api/v1/tokens", { body: input })),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

/** ties a token to whoever is signed in, instead of to the employee who made it */
export function useTakeOver() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.POST("/api/v1/tokens/{id}/take-over", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}
