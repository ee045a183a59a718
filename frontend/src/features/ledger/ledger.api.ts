// All this feature asks of the server.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export type LedgerSearch = { month?: string; hotel?: string; order?: string };

export const ledgerQuery = (month: string, hotel: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["guest-ledger", month, hotel ?? ""],
    queryFn: ({ signal, pageParam }) => ask(api.GET("/api/v1/guest-ledger", { params: { query: { month, hotel, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const guestOrderQuery = (order: string) =>
  queryOptions({
    queryKey: ["guest-ledger", "order", order],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/guest-ledger/{order_id}", { params: { path: { order_id: order } }, signal })),
  });

export function readLedger(raw: Record<string, unknown>): LedgerSearch {
  return {
    ...(/^\d{4}-\d{2}$/.test(String(raw.month)) ? { month: String(raw.month) } : {}),
    ...(/^\d+$/.test(String(raw.hotel)) ? { hotel: String(raw.hotel) } : {}),
    ...(/^\d+$/.test(String(raw.order)) ? { order: String(raw.order) } : {}),
  };
}
