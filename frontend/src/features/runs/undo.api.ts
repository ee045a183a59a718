// What the undo of a run asks of the server.
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { runStarted } from "./runs.api";

/** what undoing a run would take back; nothing is kept, as it changes with every document */
export const undoPreviewQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["runs", "undo", id],
    queryFn: ({ signal, pageParam }) => ask(api.POST("/api/v1/runs/{id}/undo/preview", { params: { path: { id }, query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
  });

export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; reason: string; confirm: string }) => ask(api.POST("/api/v1/runs/{id}/undo", { params: { path: { id } }, body })),
    onSuccess: (run) => runStarted(client, run),
  });
}
