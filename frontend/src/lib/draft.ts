// What somebody has entered and not saved. It is kept in memory only, apart from the page that shows it, so
// that it is still there after a new sign-in; nothing of it is stored in the browser.

import { useCallback, useEffect, useRef, useState } from "react";

class Drafts {
  private kept = new Map<string, unknown>();
  private owner: string | undefined;
  get<T>(key: string): T | undefined {
    return this.kept.get(key) as T | undefined;
  }
  set(key: string, value: unknown) {
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
  }
  forget() {
    this.kept.clear();
    this.owner = undefined;
  }
  /** nothing that one person entered is shown to the next */
  claim(owner: string) {
    if (this.owner !== undefined && this.owner !== owner) this.kept.clear();
    this.owner = owner;
  }
}

export const drafts = new Drafts();

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** the fields that differ from what is stored */
export function changedFields<T extends object>(values: T, stored: T): string[] {
  const names = new Set([...Object.keys(values), ...Object.keys(stored)]);
  return [...names].filter((name) => !same(values[name as keyof T], stored[name as keyof T]));
}

/** what a change was made from: what stood when it began, and the version that had */
export type Origin<T, V> = { values: T; version: V };
type Kept<T, V> = { touched: Partial<T>; from: Origin<T, V> };

/**
 * The values of a form beside what the server has. What the server has may change while somebody edits:
 * fields that they have not touched follow, the others keep what was entered. `from` stays what stood at the
 * first unsaved change, so that a save says what it was made from and not what has been read since.
 */
export function useDraft<T extends object, V = string | null>(key: string, stored: T, version: V) {
  const [kept, setKept] = useState(() => drafts.get<Kept<T, V>>(key));
  const [restored] = useState(() => kept !== undefined);
  const values = { ...stored, ...kept?.touched };
  const changed = changedFields(values, stored);
  const dirty = changed.length > 0;
  const now = useRef({ stored, version });
  useEffect(() => {
    now.current = { stored, version };
  });
  useEffect(() => drafts.set(key, dirty ? kept : undefined), [key, dirty, kept]);
  const set = useCallback(
    (next: Partial<T>) =>
      setKept((old) => {
        const { stored, version } = now.current;
        // what is as it stands again is no change any more, and follows again
        const touched = Object.fromEntries(Object.entries({ ...old?.touched, ...next }).filter(([name, value]) => !same(value, stored[name as keyof T]))) as Partial<T>;
        if (Object.keys(touched).length === 0) return undefined;
        const goesOn = old && changedFields({ ...stored, ...old.touched }, stored).length > 0;
        return { touched, from: goesOn ? old.from : { values: stored, version } };
      }),
    [],
  );
  /** goes on with these fields from what stands now */
  const restart = useCallback((touched: Partial<T>, from: Origin<T, V>) => setKept({ touched, from }), []);
  const discard = useCallback(() => {
    drafts.set(key, undefined);
    setKept(undefined);
  }, [key]);
  const from: Origin<T, V> = dirty && kept ? kept.from : { values: stored, version };
  return { values, changed, dirty, from, set, restart, discard, restored: restored && dirty };
}
