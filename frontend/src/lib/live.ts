// Whether the stream of changes is open. While it is, pages need not ask by themselves; while somebody has
// paused it, neither the stream nor the pages ask, so that what is shown stands still.

import { useSyncExternalStore } from "react";

let on = false;
let paused = false;
const listeners = new Set<() => void>();

function tell() {
  for (const listener of listeners) listener();
}

export const live = {
  /** pages need not ask by themselves */
  on: () => on || paused,
  set(next: boolean) {
    if (on === next) return;
    on = next;
    tell();
  },
  paused: () => paused,
  pause(next: boolean) {
    if (paused === next) return;
    paused = next;
    tell();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};

/** how long a page waits until it asks again by itself: not at all while somebody has paused it */
export const every = (wait: number | false) => (paused ? false : wait);

export function useLive(): boolean {
  return useSyncExternalStore(live.subscribe, live.on);
}

export function usePaused(): boolean {
  return useSyncExternalStore(live.subscribe, live.paused);
}
