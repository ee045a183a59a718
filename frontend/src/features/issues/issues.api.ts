// All this feature asks of the server.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { runStarted } from "@/features/runs/runs.api";

export { issuesQuery } from "@/features/overview/overview.api";

/** tries everything again that waits for one cause */
export function useRetryIssue() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => ask(api.POST("/api/v1/issues/{code}/retry", { params: { path: { code } }, body: { confirm: true } })), // how many there are stands on the button
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => client.invalidateQueries({ queryKey: ["issues"] }),
  });
}

/** says that a cause is dealt with; it counts again when another document comes to wait for it */
export function useHandle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ code, reason }: { code: string; reason: string }) => ask(api.POST("/api/v1/issues/{code}/handled", { params: { path: { code } }, body: { reason } })),
    onSettled: () => {
      for (const key of ["issues", "overview"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
}
