// Shapes that docs/openapi.json does not name, written by hand as the contract words them.
// When the file describes one, replace it here with the generated type and nothing else changes.

import type { CurrencyAmount, Issue, Notice, PreviewLocked, Schedule } from "./types";

/** how many documents stand still for one cause; detail is of the first */
export type CodeCount = { code: string; count: number; detail?: string };

/** what would become of one document */
export type PreviewDocument = {
  flow: string;
  source_id: string;
  title: string;
  status: string;
  action: "nothing" | "create" | "update" | "steps";
  date: string | null;
  currency: string | null;
  total: string | null;
  tax: string | null;
  issue: Issue | null;
  notices: Notice[];
  body?: unknown;
  stands?: unknown;
  differences: string[];
  steps: string[];
};

/** `result` of a preview run: what a sync of the same records would do */
export type PreviewResult = {
  count: number;
  by_currency: CurrencyAmount[];
  calls: number;
  hours: number;
  held: CodeCount[];
  /** beyond the contract; absent from an older API */
  documents_posted: number | null;
  unchanged: number;
  locked: PreviewLocked | null;
  failed: CodeCount[];
  skipped: CodeCount[];
  overdue: number;
  /** an order of which an invoice would be made; an older API names none */
  invoiced: string | null;
  documents: PreviewDocument[];
};

/** `result` of a tick or a daily pass, by section */
export type TickResult = { found: Record<string, number>; queued: Record<string, number> };

export type ScheduleKind = "tick" | "daily";

/** an older API does not say whether a person paused the schedule */
export type ScheduleState = Schedule & { paused?: boolean };

/** an event of type `record` on GET /api/v1/events: the new state of a record */
export type RecordEvent = { section?: string; source_id?: string; status?: string; phase?: string | null };

export function asPreview(result: unknown): PreviewResult | null {
  if (!isObject(result) || typeof result.count !== "number") return null;
  return {
    count: result.count,
    by_currency: list(result.by_currency),
    calls: Number(result.calls ?? 0),
    hours: Number(result.hours ?? 0),
    held: list(result.held),
    documents_posted: typeof result.document_count === "number" ? result.document_count : null,
    unchanged: Number(result.documents_unchanged ?? 0),
    locked: isObject(result.locked) ? (result.locked as PreviewLocked) : null,
    failed: list(result.failed),
    skipped: list(result.skipped),
    overdue: Number(result.overdue ?? 0),
    invoiced: typeof result.invoiced === "string" ? result.invoiced : null,
    documents: list(result.documents),
  };
}

export function asTick(result: unknown): TickResult | null {
  if (!isObject(result) || !isObject(result.found)) return null;
  return { found: result.found as Record<string, number>, queued: (isObject(result.queued) ? result.queued : {}) as Record<string, number> };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
