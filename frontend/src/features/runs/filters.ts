// What the address of the Runs page says.

import { isOneOf } from "@/lib/sections";

export const outcomes = ["done", "unchanged", "skipped", "held", "failed"] as const;
export type Outcome = (typeof outcomes)[number];

export const runKinds = ["sync", "tick", "daily", "import", "reconcile", "pairing", "initialize", "preview", "setup", "mapping_refresh", "undo"] as const;
export type RunKind = (typeof runKinds)[number];

/** what prepares and looks only; it is folded away until it is asked for */
export const quietKinds: readonly RunKind[] = ["initialize", "preview", "setup", "mapping_refresh"];

export type RunSearch = { kind?: RunKind; by?: string; from?: string; to?: string; outcome?: Outcome; all?: "1" };

const day = /^\d{4}-\d{2}-\d{2}$/;

export function readRuns(raw: Record<string, unknown>): RunSearch {
  const search: RunSearch = {};
  if (isOneOf(runKinds, raw.kind)) search.kind = raw.kind;
  if (typeof raw.by === "string" && raw.by) search.by = raw.by;
  if (typeof raw.from === "string" && day.test(raw.from)) search.from = raw.from;
  if (typeof raw.to === "string" && day.test(raw.to)) search.to = raw.to;
  if (isOneOf(outcomes, raw.outcome)) search.outcome = raw.outcome;
  if (String(raw.all) === "1") search.all = "1";
  return search;
}

/** the kinds that the list asks for */
export function kindsOf(search: RunSearch): RunKind[] | undefined {
  if (search.kind) return [search.kind];
  return search.all ? undefined : runKinds.filter((kind) => !quietKinds.includes(kind));
}
