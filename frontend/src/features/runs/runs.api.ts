// All this feature asks of the server.
import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ask, call, openStream } from "@/api/client";
import type { Run } from "@/api/types";
import { refreshAfterRuns } from "@/features/records/live";
import { readEvents } from "@/lib/eventStream";
import { every, live } from "@/lib/live";
import { isOneOf } from "@/lib/sections";
import type { Outcome, RunKind, RunSearch } from "./filters";

const underWay = ["queued", "running", "waiting"] as const;

export function isActive(run: Pick<Run, "status">): boolean {
  return isOneOf(underWay, run.status);
}

/** records counted so far; total is reached when the run is done */
export function counted(run: Run): number {
  return run.done + run.unchanged + run.skipped + run.held + run.failed;
}

export type RunFilter = RunSearch & { kinds?: RunKind[] };

export const runsQuery = ({ kinds, by, from, to, outcome }: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ["runs", "list", kinds, by, from, to, outcome],
    queryFn: ({ signal, pageParam }) => ask(api.GET("/api/v1/runs", { params: { query: { limit: 50, cursor: pageParam, kind: kinds, by, from, to, outcome } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (query) => every(query.state.data?.pages[0]?.items.some(isActive) ? 3000 : 30_000),
    placeholderData: keepPreviousData,
  });

/** the records of one run, of one outcome or all */
export const runRecordsQuery = (id: string, outcome: Outcome | undefined) =>
  infiniteQueryOptions({
    queryKey: ["runs", "records", id, outcome ?? ""],
    queryFn: ({ signal, pageParam }) => ask(api.GET("/api/v1/runs/{id}/records", { params: { path: { id }, query: { limit: 50, cursor: pageParam, outcome } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

const latestKey = ["runs", "active"];

async function readLatest(signal: AbortSignal): Promise<Run[]> {
  const { items, counts } = await ask(api.GET("/api/v1/runs", { params: { query: { limit: 20 } }, signal }));
  const known = new Set(items.map((run) => run.id));
  const under = underWay.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  if (items.filter(isActive).length >= under) return items;
  const active = await ask(api.GET("/api/v1/runs", { params: { query: { limit: 20, status: [...underWay] } }, signal }));
  return [...items, ...active.items.filter((run) => !known.has(run.id))];
}

/** runs that were started here and whose end no list has told yet */
const begun = new Set<string>();

const standing = (runs: readonly Run[]) => runs.map((run) => `${run.id}:${run.status}:${counted(run)}`).join();

/**
 * The youngest runs, and what is under way however old it is. Pages look again when it has changed: it is compared
 * as it is read and not as it is drawn, because a quick run is over before anybody sees it run.
 */
export const latestRunsQuery = queryOptions({
  queryKey: latestKey,
  queryFn: async ({ signal, client }) => {
    const now = await readLatest(signal);
    const before = client.getQueryData<Run[]>(latestKey);
    const own = now.filter((run) => !isActive(run) && begun.delete(run.id));
    if (own.length > 0 || (!live.paused() && before && standing(before) !== standing(now))) refreshAfterRuns(client);
    return now;
  },
  // what somebody started is followed to its end also while other changes are paused
  refetchInterval: ({ state: { data } }) => {
    if (live.paused()) return data?.some((run) => isActive(run) && begun.has(run.id)) ? 2500 : false;
    return data?.some(isActive) ? (live.on() ? 10_000 : 2500) : 20_000;
  },
});

/** what runs now, for the bar of the shell */
export const activeRunsQuery = queryOptions({ ...latestRunsQuery, select: (runs: Run[]) => runs.filter(isActive) });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["runs", "one", id],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/runs/{id}", { params: { path: { id } }, signal })),
  });

/** one run, kept up to date by its event stream and, when that breaks, by asking */
export function useRun(id: string) {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  const run = useQuery({
    ...runQuery(id),
    refetchInterval: (query) => (!live && query.state.data && isActive(query.state.data) ? 2500 : false),
  });
  const active = run.data ? isActive(run.data) : false;
  useEffect(() => {
    if (!active) return;
    const stop = new AbortController();
    follow(client, id, stop.signal, setLive)
      .catch(() => undefined) // a broken stream: polling goes on
      .finally(() => setLive(false));
    return () => stop.abort();
  }, [client, id, active]);
  return { ...run, live };
}

async function follow(client: QueryClient, id: string, signal: AbortSignal, setLive: (on: boolean) => void) {
  const response = await openStream(`/api/v1/runs/${encodeURIComponent(id)}/events`, signal);
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || !response.body || !type.includes("text/event-stream")) return;
  setLive(true);
  for await (const event of readEvents(response.body)) {
    const run = parseRun(event.data ?? "");
    if (run?.id === id) client.setQueryData(runQuery(id).queryKey, run);
  }
}

function parseRun(data: string): Run | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && "status" in value && "id" in value ? (value as Run) : null;
  } catch {
    return null;
  }
}

/** a run was started: it is shown under way at once, and whichever list tells its end is noticed, also the first */
export function runStarted(client: QueryClient, run: Run) {
  begun.add(run.id);
  client.setQueryData(runQuery(run.id).queryKey, run);
  client.setQueryData(latestRunsQuery.queryKey, (known: Run[] = []) => [run, ...known.filter((one) => one.id !== run.id)]);
  client.invalidateQueries({ queryKey: ["runs"] });
}

export function useCancelRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask(api.POST("/api/v1/runs/{id}/cancel", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs"] }),
  });
}

/** lets a run go on that a brake stopped; the reason is kept in the audit log */
export function useReleaseRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; reason: string }) => call<Run>("POST", `/runs/${encodeURIComponent(input.id)}/release`, { reason: input.reason }),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => client.invalidateQueries({ queryKey: ["runs"] }),
  });
}
