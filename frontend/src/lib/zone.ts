import { createContext, useContext } from "react";

/** QloApps' PS_TIMEZONE as the API tells it; undefined = the browser's own zone */
export const ZoneContext = createContext<string | undefined>(undefined);

export function useZone() {
  return useContext(ZoneContext);
}
