import type { Run } from "@/api/types";
import { isOneOf, sections } from "@/lib/sections";
import { runKindName, sectionName } from "@/lib/texts";

/** what a run is called: its kind, and the section it works on */
export function runTitle(run: Pick<Run, "kind" | "section">): string {
  const kind = runKindName[run.kind] ?? run.kind;
  return isOneOf(sections, run.section) ? `${kind}: ${sectionName[run.section]}` : kind;
}
