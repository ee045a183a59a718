// One stream tells every open page what changes; while it is down the pages ask instead.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { openStream } from "@/api/client";
import type { RecordEvent } from "@/api/contract";
import type { Run } from "@/api/types";
import { refreshRecords } from "@/features/records/live";
import { runQuery } from "@/features/runs/runs.api";
import { readEvents } from "@/lib/eventStream";
import { live } from "@/lib/live";
import { isOneOf, type Section, sections } from "@/lib/sections";

const gather = 1_000; // changes within a second are shown together
const firstWait = 2_000;
const longestWait = 60_000;

/** follows GET /api/v1/events for as long as somebody is signed in */
export function useLiveEvents() {
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const inbox = new Inbox(client);
    stay(inbox, stop.signal);
    return () => {
      stop.abort();
      inbox.close();
      live.set(false);
    };
  }, [client]);
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
  const response = await openStream("/api/v1/events", signal);
  if (!response.ok || !response.body || !(response.headers.get("Content-Type") ?? "").includes("text/event-stream")) {
    return response.status >= 500;
  }
  live.set(true);
  inbox.reopened();
  for await (const event of readEvents(response.body)) {
    const data = parse(event.data);
    if (event.event === "run") inbox.run(data as Run | null);
    if (event.event === "record") inbox.record(data as RecordEvent | null);
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
  private records = new Map<Section, Set<string> | null>();
  private runs = false;
  private seen = false;

  constructor(private client: QueryClient) {}

  run(run: Run | null) {
    if (!run || typeof run.id !== "string" || typeof run.status !== "string") return;
    this.client.setQueryData(runQuery(run.id).queryKey, run);
    this.runs = true;
    this.later();
  }

  record(change: RecordEvent | null) {
    if (!isOneOf(sections, change?.section)) return;
    const ids = this.records.get(change.section);
    if (!change.source_id) this.records.set(change.section, null);
    else if (ids) ids.add(change.source_id);
    else if (ids === undefined) this.records.set(change.section, new Set([change.source_id]));
    this.later();
  }

  /** something may have been missed while the stream was down */
  reopened() {
    if (this.seen) for (const section of sections) this.record({ section });
    this.seen = true;
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
    for (const [section, ids] of records) refreshRecords(this.client, section, ids ? [...ids] : undefined);
    if (records.size > 0) for (const key of ["overview", "issues"]) this.client.invalidateQueries({ queryKey: [key] });
    if (this.runs) {
      this.runs = false;
      this.client.invalidateQueries({ queryKey: ["runs", "active"] });
      this.client.invalidateQueries({ queryKey: ["runs", "list"] });
      this.client.invalidateQueries({ queryKey: ["schedule"] });
    }
  }
}
