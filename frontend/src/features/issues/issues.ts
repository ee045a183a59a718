// What the groups of the Issues page have in common, wherever they are shown.

import type { IssueGroup } from "@/api/types";

export function keyOf(item: IssueGroup): string {
  return `${item.kind ?? "documents"} ${item.code} ${item.link}`;
}

/** what counts: it goes on only when a person acts, and nobody has said that it is dealt with */
export function waitsForYou(item: IssueGroup): boolean {
  return item.waits_for !== "time" && !item.handled;
}
