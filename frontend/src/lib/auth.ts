// Who is signed in, in this tab: by an API token, or by the cookie of a session that QloApps'
// employees begin. The cookie itself cannot be read here, only the CSRF token that belongs to it.
// A token lives in sessionStorage when the person allows it, else only in memory.

const tokenKey = "qlobooks.token";
const sessionKey = "qlobooks.session"; // says only that there may be a cookie worth asking about
const listeners = new Set<() => void>();

export type AuthState = "in" | "out" | "asking";

let token: string | null = read(() => sessionStorage, tokenKey);
let csrf: string | null = null;
let ended: "token" | "session" | null = null;
let state: AuthState = token ? "in" : read(() => localStorage, sessionKey) ? "asking" : "out";

function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null; // storage is switched off: memory only
  }
}

function write(storage: () => Storage, key: string, value: string | null) {
  try {
    if (value) storage().setItem(key, value);
    else storage().removeItem(key);
  } catch {
    // storage is switched off: memory only
  }
}

function become(next: { token?: string; csrf?: string; state: AuthState; keepToken?: boolean; keepHint?: boolean }) {
  token = next.token ?? null;
  csrf = next.csrf ?? null;
  state = next.state;
  write(() => sessionStorage, tokenKey, next.keepToken ? token : null);
  if (!next.keepHint) write(() => localStorage, sessionKey, csrf ? "1" : null);
  for (const listener of listeners) listener();
}

export const auth = {
  token: () => token,
  csrf: () => csrf,
  /** asking: there may be a session whose cookie came with an earlier visit */
  state: () => state,
  /** what ended by the API's will, rather than being given up by the person */
  ended: () => ended,
  signIn(next: string, keep: boolean) {
    ended = null;
    become({ token: next, keepToken: keep, keepHint: true, state: "in" });
  },
  /** a session's cookie is there; its CSRF token changes with every new sign-in, also in another tab */
  haveSession(next: string) {
    if (token || (csrf === next && state === "in")) return;
    ended = null;
    become({ csrf: next, state: "in" });
  },
  signOut() {
    ended = null;
    become({ state: "out" });
  },
  /** whether there is a session could not be found out; the next visit asks again */
  giveUp() {
    become({ state: "out", keepHint: true });
  },
  /** the API answered 401 */
  refuse() {
    if (state !== "in") return;
    ended = token ? "token" : "session";
    become({ state: "out", keepHint: token !== null });
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
};
