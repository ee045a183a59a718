// What can be asked for one record or one document: the same verbs, below two kinds of address.
import { queryOptions, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call } from "@/api/client";
import type { Run, SyncRequest } from "@/api/types";
import { runStarted } from "@/features/runs/runs.api";
import type { Section } from "@/lib/sections";
import { refreshRecords } from "./live";

export type VerbName = "sync" | "preview" | "retry" | "skip" | "unskip" | "pair" | "unpair" | "recreate" | "release" | "take-change" | "mark-sent";

export type Verb =
  | { verb: "sync" | "preview" | "retry" | "unskip" | "mark-sent" }
  | { verb: "skip" | "unpair" | "recreate" | "release" | "take-change"; reason: string }
  | { verb: "pair"; zoho_id: string };

/** a whole record, or one of its documents */
export type Target = { record: string; document?: { flow: string; id: string } };

function bodyOf(input: Verb): unknown {
  switch (input.verb) {
    case "sync":
    case "retry":
      return { confirm: true }; // one record is never a surprise
    case "skip":
    case "unpair":
    case "recreate":
    case "release":
    case "take-change":
      return { reason: input.reason };
    case "pair":
      return { zoho_id: input.zoho_id };
    default:
      return undefined;
  }
}

async function act(client: QueryClient, section: Section, target: Target, input: Verb): Promise<Run | null> {
  const { document } = target;
  const place = document ? `documents/${document.flow}/${encodeURIComponent(document.id)}` : `records/${section}/${encodeURIComponent(target.record)}`;
  const answer = await call<Partial<Run>>("POST", `/${place}/${input.verb}`, bodyOf(input));
  if (!answer?.kind || !answer.created_at) return null; // the record itself: it took effect at once
  runStarted(client, answer as Run);
  return answer as Run;
}

/** gives the run that a verb started, or null when it took effect at once */
export function useVerb(section: Section) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { target: Target; verb: Verb }) => act(client, section, input.target, input.verb),
    onSettled: (_run, _error, { target }) => refreshRecords(client, section, [target.record]),
  });
}

export function useInitialize(section: Section) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/records/{section}/initialize", { params: { path: { section } } })),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => refreshRecords(client, section),
  });
}

export function useSync(section: Section) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SyncRequest) =>
      ask(api.POST("/api/v1/records/{section}/sync", { params: { path: { section } }, body })),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => refreshRecords(client, section),
  });
}

/** how many drafts are among records, told before they are sent */
export const draftsQuery = (body: SyncRequest) =>
  queryOptions({
    queryKey: ["drafts", body],
    queryFn: ({ signal }) => ask(api.POST("/api/v1/records/{section}/mark-sent/preview", { params: { path: { section: "orders" } }, body, signal })),
    staleTime: 0,
  });

/** sends the drafts among records; nobody is mailed */
export function useMarkSent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SyncRequest) => call<Run>("POST", "/records/orders/mark-sent", body),
    onSuccess: (run) => runStarted(client, run),
    onSettled: () => refreshRecords(client, "orders"),
  });
}

/** what a sync of the same records would do; nothing is sent */
export function usePreview(section: Section) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SyncRequest) => call<Run>("POST", `/records/${section}/preview`, body),
    onSuccess: (run) => runStarted(client, run),
  });
}
