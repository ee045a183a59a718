// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, askVersioned, ifUnchanged } from "@/api/client";
import type { ConnectionInput } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import { every } from "@/lib/live";

export const connectionQuery = queryOptions({
  queryKey: ["connection"],
  queryFn: ({ signal }) => askVersioned(api.GET("/api/v1/connection", { signal })), // for a change that must not undo somebody else's
  refetchInterval: () => every(30_000),
});

export const organizationsQuery = queryOptions({
  queryKey: ["connection", "organizations"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/connection/organizations", { signal })),
  staleTime: 60_000,
});

function useThen<I, O>(mutationFn: (input: I) => Promise<O>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: ["connection"] }) });
}

export const useSaveConnection = () =>
  useThen(({ input, version }: { input: ConnectionInput; version: string | null }) => ask(api.PUT("/api/v1/connection", { body: input, headers: ifUnchanged(version) as never })));

export const useAuthorize = () => useThen(() => ask(api.POST("/api/v1/connection/authorize")));
export const useRefreshAccess = () => useThen(() => ask(api.POST("/api/v1/connection/refresh")));
export const useDisconnect = () => useThen(() => ask(api.DELETE("/api/v1/connection")));
export const useTest = () => useThen(() => ask(api.POST("/api/v1/connection/test")));

export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { create_taxes: boolean; create_currencies: boolean }) => ask(api.POST("/api/v1/setup", { body })),
    onSuccess: (run) => runStarted(client, run),
  });
}
