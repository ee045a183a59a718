// Shapes that docs/openapi.json does not name, written by hand as the contract words them.
// When the file describes one, replace it here with the generated type and nothing else changes.

import type { CurrencyAmount, Schedule } from "./types";

/** `result` of a preview run: what a sync of the same records would do */
export type PreviewResult = {
  count: number;
  by_currency: CurrencyAmount[];
  calls: number;
  hours: number | string;
  held: { code: string; count: number }[];
};

/** `result` of a tick or a daily pass, by section */
export type TickResult = { found: Record<string, number>; queued: Record<string, number> };

export type ScheduleKind = "tick" | "daily";

/** an older API does not say whether a person paused the schedule */
export type ScheduleState = Schedule & { paused?: boolean };

/** an event of type `record` on GET /api/v1/events; what it leaves out is looked up */
export type RecordEvent = { section?: string; source_id?: string; status?: string; phase?: string };

export function asPreview(result: unknown): PreviewResult | null {
  if (!isObject(result) || typeof result.count !== "number") return null;
  return {
    count: result.count,
    by_currency: list(result.by_currency),
    calls: Number(result.calls ?? 0),
    hours: (result.hours as number | string | undefined) ?? 0,
    held: list(result.held),
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
