// Addresses that the API names, as "/synchronization/orders?issue=brake", taken apart for the router.

import type { LinkProps } from "@tanstack/react-router";
import { parseSearch } from "@/app/search";

export function linkOf(address: string): LinkProps {
  const [to = "/", search = ""] = address.split("?");
  return { to, search: parseSearch(search) } as LinkProps;
}

/** the page of a record, opened beside its list */
export function recordLink(section: string, id: string): LinkProps {
  return { to: "/synchronization/$section", params: { section }, search: { record: id } } as LinkProps;
}
