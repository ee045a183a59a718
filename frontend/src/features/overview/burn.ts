// How the day's calls become fewer.
import type { Budget, CallsLeft } from "@/api/types";

/** what is left at a moment, and what would be if they were used evenly; nothing is known of the time to come */
export type BurnPoint = { at: number; even: number; left?: number };

export type Burn = { begun: number; ends: number; limit: number; points: BurnPoint[] };

/** Zoho tells the end of its day in seconds from now, which is a moment before or after midnight */
const minute = (at: string) => Math.round(Date.parse(at) / 60_000) * 60_000;

/** the day so far against an even pace to its end; null = nothing is known of it */
export function burnOf(day: Budget["day"], calls: readonly CallsLeft[]): Burn | null {
  const begun = minute(calls[0]?.at ?? "");
  const ends = minute(day.resets_at);
  if (!(ends > begun) || day.limit <= 0) return null;
  const even = (at: number) => Math.round((day.limit * (ends - at)) / (ends - begun));
  const points: BurnPoint[] = calls.map(({ at, left }) => ({ at: minute(at), even: even(minute(at)), left }));
  return { begun, ends, limit: day.limit, points: [...points, { at: ends, even: 0 }] };
}
