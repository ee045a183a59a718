// The API token of this tab. It lives in sessionStorage when the person allows it, else only in memory.

const key = "qlobooks.token";
const listeners = new Set<() => void>();

let token: string | null = read();
let ended = false;

function read(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // storage is switched off: memory only
  }
}

function set(next: string | null, keep: boolean) {
  token = next;
  try {
    if (next && keep) sessionStorage.setItem(key, next);
    else sessionStorage.removeItem(key);
  } catch {
    // storage is switched off: memory only
  }
  for (const listener of listeners) listener();
}

export const auth = {
  token: () => token,
  /** whether the last token was refused by the API, rather than given up by the person */
  ended: () => ended,
  signIn(next: string, keep: boolean) {
    ended = false;
    set(next, keep);
  },
  signOut() {
    ended = false;
    set(null, false);
  },
  /** the API answered 401 */
  refuse() {
    if (!token) return;
    ended = true;
    set(null, false);
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};
