import { createContext, useContext } from "react";
import { allows, type Role } from "./sections";

export const RoleContext = createContext<string | undefined>(undefined);

/** whether the person may do what a role may; unknown until the session has answered */
export function useMay(needed: Role): boolean {
  return allows(useContext(RoleContext), needed);
}
