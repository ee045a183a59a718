// Whether the stream of changes is open. While it is, pages need not ask by themselves.

import { useSyncExternalStore } from "react";

let on = false;
const listeners = new Set<() => void>();

export const live = {
  on: () => on,
  set(next: boolean) {
    if (on === next) return;
    on = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};

export function useLive(): boolean {
  return useSyncExternalStore(live.subscribe, live.on);
}
