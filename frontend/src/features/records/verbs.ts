// Which acts make sense for a record or document in its present state.

import type { Issue } from "@/api/types";
import { isOneOf, statuses } from "@/lib/sections";
import { t } from "@/lib/texts";
import type { VerbName } from "./actions.api";

/** what decides: the state, its cause, the link, and whether it may be paired at all */
export type Actionable = { status: string; issue: Issue | null; linked: boolean; paired: boolean; pairable: boolean; releasable?: boolean; draft?: boolean; renumbered?: boolean };

/** causes that say that its record in Zoho Books is not what it was */
const lost = new Set(["zoho_record_gone", "invoice_voided_by_hand"]);

const stuck = new Set(["failed", "unknown", "rejected", "held", "blocked"]);

export function isStuck(status: string): boolean {
  return stuck.has(status);
}

export function isBusy(status: string): boolean {
  return status === "pending" || status === "syncing";
}

/** states in which Sync may come to nothing, so that it is asked about first */
export function needsWord(status: string): boolean {
  return status === "skipped" || status === "held" || status === "blocked" || status === "rejected" || status === "unknown";
}

export function primaryVerb(of: Actionable): VerbName {
  if (of.status === "skipped" && of.issue?.code === "skipped_by_person") return "unskip";
  if (of.draft && of.status === "synced") return "mark-sent";
  return isStuck(of.status) ? "retry" : "sync";
}

export function verbsFor(of: Actionable): VerbName[] {
  const byPerson = of.status === "skipped" && of.issue?.code === "skipped_by_person";
  const verbs: VerbName[] = byPerson ? ["unskip", "preview"] : isStuck(of.status) ? ["retry", "preview"] : ["sync", "preview"];
  if (of.draft && !isBusy(of.status)) verbs.push("mark-sent");
  if (of.releasable && !isBusy(of.status)) verbs.push("release");
  if (!byPerson && of.status !== "synced" && of.status !== "disabled" && !isBusy(of.status)) verbs.push("skip");
  if (of.pairable && !isBusy(of.status)) {
    if (!of.linked || lost.has(of.issue?.code ?? "")) verbs.push("pair");
    if (of.linked || of.paired) verbs.push("unpair");
  }
  if (!isBusy(of.status) && (lost.has(of.issue?.code ?? "") || (of.linked && of.pairable))) verbs.push("recreate");
  if (of.renumbered && !isBusy(of.status)) verbs.push("take-change");
  return verbs;
}

/** what Sync or Retry will do, in words */
export function before(of: { status: string; issue: Issue | null }): string {
  if (of.status === "skipped" && of.issue?.code === "skipped_by_person") return t.verb.skippedByPerson;
  return isOneOf(statuses, of.status) ? t.verb.before[of.status] : "";
}
