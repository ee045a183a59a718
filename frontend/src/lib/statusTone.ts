import type { Status } from "./sections";

export type Tone = "good" | "wait" | "attention" | "bad" | "quiet";

const tones: Record<Status, Tone> = {
  synced: "good",
  pending: "wait",
  syncing: "wait",
  blocked: "attention",
  held: "attention",
  failed: "bad",
  unknown: "bad",
  rejected: "bad",
  not_synced: "quiet",
  skipped: "quiet",
  disabled: "quiet",
};

export function toneOf(status: string): Tone {
  return tones[status as Status] ?? "quiet";
}
