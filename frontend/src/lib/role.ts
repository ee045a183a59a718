import { createContext, useContext } from "react";
import { allows, type Role } from "./sections";
import { t } from "./texts";

export const RoleContext = createContext<string | undefined>(undefined);

/** whether the person may do what a role may; not before the session has answered */
export function useMay(needed: Role): boolean {
  return allows(useContext(RoleContext), needed);
}

/** tells a person who lacks a role whom to ask; nothing while it is not known yet who is asking */
export function useLack(needed: Role): string | undefined {
  const role = useContext(RoleContext);
  return role === undefined || allows(role, needed) ? undefined : t.problem.forbiddenHint(t.session.role[needed] ?? needed);
}
