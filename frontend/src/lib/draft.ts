// What somebody has entered and not saved. It is kept in memory only, apart from the page that shows it, so
// that it is still there after a new sign-in; nothing of it is stored in the browser.

import { useCallback, useEffect, useState } from "react";

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

/**
 * The values of a form beside what the server has. What the server has may change while somebody edits:
 * fields that they have not touched follow, the others keep what was entered.
 */
export function useDraft<T extends object>(key: string, stored: T) {
  const [restored] = useState(() => drafts.get<T>(key) !== undefined);
  const [touched, setTouched] = useState<Partial<T>>(() => drafts.get<Partial<T>>(key) ?? {});
  const values = { ...stored, ...touched };
  const changed = changedFields(values, stored);
  const dirty = changed.length > 0;
  useEffect(() => drafts.set(key, dirty ? touched : undefined), [key, dirty, touched]);
  const set = useCallback((next: Partial<T>) => setTouched((old) => ({ ...old, ...next })), []);
  const discard = useCallback(() => {
    drafts.set(key, undefined);
    setTouched({});
  }, [key]);
  return { values, changed, dirty, set, discard, restored: restored && dirty };
}
