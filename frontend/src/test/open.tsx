import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App, makeClient } from "@/app/App";
import { sessionQuery } from "@/features/session/session.api";
import { auth } from "@/lib/auth";
import type { Role } from "@/lib/sections";

/** opens an address as somebody who is signed in, and gives the hands to use it */
export function open(path: string, role: Role = "admin") {
  auth.signIn("qlb_good", false);
  const client = makeClient();
  client.setQueryData(sessionQuery.queryKey, { name: "Ana", email: null, role, csrf_token: null, employee_id: null });
  window.history.replaceState({}, "", path);
  render(<App client={client} />);
  return userEvent.setup();
}
