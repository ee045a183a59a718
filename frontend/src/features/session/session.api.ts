// All this feature asks of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Session } from "@/api/types";
import { auth } from "@/lib/auth";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const session = await ask(api.GET("/api/v1/session", { signal }));
    if (session.csrf_token) auth.haveSession(session.csrf_token);
    return session;
  },
  staleTime: 5 * 60_000,
});

/** asks who a token belongs to, before it becomes the session's */
export function tryToken(token: string) {
  return ask(api.GET("/api/v1/session", { headers: { Authorization: `Bearer ${token}` } }));
}

/** begins a session; its cookie is set by the answer and cannot be read here */
export function signIn(body: { email: string; password: string }): Promise<Session> {
  return ask(api.POST("/api/v1/session", { body }));
}

/** finds out whether the cookie of an earlier visit is still good */
export async function resume(): Promise<void> {
  try {
    const { csrf_token } = await ask(api.GET("/api/v1/session"));
    if (csrf_token) auth.haveSession(csrf_token);
    else auth.signOut();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) auth.signOut();
    else auth.giveUp();
  }
}

/** ends the session at the API first: a cookie that stays would sign the next person in */
export async function signOut(everywhere: boolean): Promise<void> {
  if (auth.csrf()) {
    try {
      await ask(api.DELETE("/api/v1/session", { params: { query: everywhere ? { everywhere: 1 } : {} } }));
    } catch (error) {
      if (!(error instanceof Problem && error.status === 401)) throw error;
    }
  }
  auth.signOut();
}
