// The typed client, generated from docs/openapi.json. Nothing else in the application calls fetch.

import createClient, { type Middleware } from "openapi-fetch";
import { auth } from "@/lib/auth";
import { networkProblem, Problem } from "./problem";
import type { paths } from "./schema.gen";

/** the origin of the API; empty when it serves this page itself */
export const origin =
  document.querySelector<HTMLMetaElement>('meta[name="qlobooks-api"]')?.content.replace(/\/+$/, "") ?? "";

const withToken: Middleware = {
  onRequest({ request }) {
    const token = auth.token();
    if (token) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
  onResponse({ response }) {
    if (response.status === 401) auth.refuse();
    return undefined;
  },
};

const base = origin || window.location.origin;

export const api = createClient<paths>({
  baseUrl: base,
  fetch: (request) => globalThis.fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(withToken);

/** opens a stream with the token, to go on after an event when one is named; the caller reads the body */
export function openStream(path: string, signal: AbortSignal, after?: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (after) headers["Last-Event-ID"] = after;
  const token = auth.token();
  if (token) headers.Authorization = `Bearer ${token}`;
  return globalThis.fetch(base + path, { headers, signal });
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** gives the data or throws a Problem; a cancelled request stays a cancelled request */
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

type Loose = (path: string, init: { body?: unknown; signal?: AbortSignal }) => Promise<Answer<unknown>>;

/** a call whose path docs/openapi.json does not describe (yet): the caller names the answer's shape */
export function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const send = api[method] as unknown as Loose;
  return ask(send(`/api/v1${path}`, { body, signal })) as Promise<T>;
}
