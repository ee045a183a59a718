// One stream tells every open page what changes; while it is down the pages ask instead.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { openStream } from "@/api/client";
import type { RecordEvent } from "@/api/contract";
import type { Run } from "@/api/types";
import { refreshRecords, showStates } from "@/features/records/live";
import { runQuery } from "@/features/runs/runs.api";
import { readEvents } from "@/lib/eventStream";
import { live, usePaused } from "@/lib/live";
import { isOneOf, type Section, sections } from "@/lib/sections";

const gather = 1_000; // changes within a second are shown together
const firstWait = 2_000;
const longestWait = 60_000;

/** follows GET /api/v1/events for as long as somebody is signed in */
export function useLiveEvents() {
  const client = useQueryClient();
  const paused = usePaused();
  useEffect(() => {
    if (paused) return;
    const stop = new AbortController();
    const inbox = new Inbox(client);
    stay(inbox, stop.signal);
    return () => {
      stop.abort();
      inbox.close();
      live.set(false);
    };
  }, [client, paused]);
}

async function stay(inbox: Inbox, signal: AbortSignal) {
  let wait = firstWait;
  while (!signal.aborted) {
    const began = Date.now();
    const there = await follow(inbox, signal).catch(() => true);
    live.set(false);
    if (signal.aborted) return;
    if (!there) wait = longestWait; // this API has no such stream
    else wait = Date.now() - began > longestWait ? firstWait : Math.min(wait * 2, longestWait);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** reads one connection to its end; false when the API does not offer the stream */
async function follow(inbox: Inbox, signal: AbortSignal): Promise<boolean> {
  const response = await openStream("/api/v1/events", signal, inbox.position);
  if (!response.ok || !response.body || !(response.headers.get("Content-Type") ?? "").includes("text/event-stream")) {
    return response.status >= 500;
  }
  live.set(true);
  for await (const event of readEvents(response.body)) {
    if (event.id) inbox.position = event.id;
    if (event.data === null) continue;
    if (event.event === "run") inbox.run(parse(event.data) as Run | null);
    if (event.event === "record") inbox.record(parse(event.data) as RecordEvent | null);
    if (event.event === "resync") inbox.resync();
  }
  return true;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** gathers what comes in quick succession, so that a busy run does not redraw the page all the time */
export class Inbox {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private records = new Map<Section, Map<string, RecordEvent> | null>();
  private runs = false;
  /** where to go on after a broken connection */
  position: string | undefined;

  constructor(private client: QueryClient) {}

  run(run: Run | null) {
    if (!run || typeof run.id !== "string" || typeof run.status !== "string") return;
    this.client.setQueryData(runQuery(run.id).queryKey, run);
    this.runs = true;
    this.later();
  }

  record(change: RecordEvent | null) {
    if (!isOneOf(sections, change?.section)) return;
    const known = this.records.get(change.section);
    if (!change.source_id) this.records.set(change.section, null);
    else if (known) known.set(change.source_id, change);
    else if (known === undefined) this.records.set(change.section, new Map([[change.source_id, change]]));
    this.later();
  }

  /** something was missed: everything shown is read again */
  resync() {
    this.position = undefined;
    for (const section of sections) this.record({ section });
  }

  close() {
    clearTimeout(this.timer);
  }

  private later() {
    this.timer ??= setTimeout(() => this.flush(), gather);
  }

  private flush() {
    this.timer = undefined;
    const records = this.records;
    this.records = new Map();
    for (const [section, changes] of records) {
      if (changes) showStates(this.client, section, changes);
      refreshRecords(this.client, section, changes ? [...changes.keys()] : undefined);
    }
    if (records.size > 0) for (const key of ["overview", "issues"]) this.client.invalidateQueries({ queryKey: [key] });
    if (this.runs) {
      this.runs = false;
      this.client.invalidateQueries({ queryKey: ["runs", "active"] });
      this.client.invalidateQueries({ queryKey: ["runs", "list"] });
      this.client.invalidateQueries({ queryKey: ["schedule"] });
    }
  }
}
