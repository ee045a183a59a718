// The typed client, generated from docs/openapi.json. Nothing else in the application calls fetch.

import createClient, { type Middleware } from "openapi-fetch";
import { auth } from "@/lib/auth";
import { networkProblem, Problem } from "./problem";
import type { paths } from "./schema.gen";

/** the origin of the API; empty when it serves this page itself */
export const origin =
  document.querySelector<HTMLMetaElement>('meta[name="qlobooks-api"]')?.content.replace(/\/+$/, "") ?? "";

/** a cookie reaches only the API that serves this page itself */
export const takesCookies = origin === "";

const withCredentials: Middleware = {
  onRequest({ request }) {
    const token = auth.token();
    const csrf = auth.csrf();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    else if (csrf && request.method !== "GET") request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (response.status === 401) auth.refuse();
    if (response.status === 403 && auth.csrf()) await renewCSRF(response.clone());
    return undefined;
  },
};

/** after a sign-in in another tab the CSRF token is another one; the next try then has it */
async function renewCSRF(refusal: Response) {
  try {
    if ((await refusal.json()).code !== "csrf") return;
    const session = await (await globalThis.fetch(`${base}/api/v1/session`)).json();
    if (session.csrf_token) auth.haveSession(session.csrf_token);
  } catch {
    // the refusal itself is shown
  }
}

const base = origin || window.location.origin;

export const api = createClient<paths>({
  baseUrl: base,
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(withCredentials);

/** opens a stream or file with the token or the cookie, to go on after an event when one is named; the caller reads the body */
export function openStream(path: string, signal: AbortSignal, after?: string, accept = "text/event-stream"): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (after) headers["Last-Event-ID"] = after;
  const token = auth.token();
  if (token) headers.Authorization = `Bearer ${token}`;
  return globalThis.fetch(base + path, { headers, signal });
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** the data with the version it has, so that a later change can say what it was made from */
export async function askWithVersion<T>(request: Promise<Answer<T>>): Promise<{ data: T; version: string | null }> {
  let version: string | null = null;
  const data = await ask(
    request.then((answer) => {
      version = answer.response.headers.get("ETag");
      return answer;
    }),
  );
  return { data, version };
}

/** the same for an answer that is shown as it is, with the version as one more field */
export async function askVersioned<T extends object>(request: Promise<Answer<T>>): Promise<T & Versioned> {
  const { data, version } = await askWithVersion(request);
  return { ...data, version };
}

export type Versioned = { version: string | null };

/** a change that is refused when somebody else has changed the same since */
export const ifUnchanged = (version: string | null | undefined) => (version ? { "If-Match": version } : undefined);

/** gives the data or throws a Problem; a canceled request stays a canceled request */
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    if (error instanceof SyntaxError) throw new Problem(0, { code: "unreadable" });
    throw networkProblem();
  }
  const { response } = answer;
  if (!response.ok) {
    const body = answer.error;
    throw new Problem(response.status, typeof body === "object" && body !== null ? (body as object) : {});
  }
  if (response.status === 204) return undefined as T;
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
    throw new Problem(response.status, { code: "unreadable" });
  }
  return answer.data as T;
}

type Loose = (path: string, init: { body?: unknown; signal?: AbortSignal; headers?: Record<string, string> }) => Promise<Answer<unknown>>;

/** a call whose path docs/openapi.json does not describe (yet): the caller names the answer's shape */
export function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>): Promise<T> {
  const send = api[method] as unknown as Loose;
  return ask(send(`/api/v1${path}`, { body, signal, headers })) as Promise<T>;
}
