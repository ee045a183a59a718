// All this feature asks of the server.
import { type InfiniteData, infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call } from "@/api/client";
import { askFile, askText } from "@/api/file";
import type { components } from "@/api/schema.gen";
import { refreshRecords } from "@/features/records/live";
import { runStarted } from "@/features/runs/runs.api";

export type PairingPage = components["schemas"]["PairingPage"];
export type PairingItem = components["schemas"]["PairingItem"];
export type Suggestion = components["schemas"]["PairingSuggestion"];
export type Contact = components["schemas"]["Contact"];
export type PairingImport = components["schemas"]["PairingImport"];

export const pairingStates = ["open", "linked"] as const;
export type PairingState = (typeof pairingStates)[number];
export type PairingSearch = { q?: string; status?: PairingState };

const key = ["pairing", "customers"];

export const pairingQuery = (search: PairingSearch) =>
  infiniteQueryOptions({
    queryKey: [...key, search.status ?? "", search.q ?? ""],
    queryFn: ({ signal, pageParam }) =>
      ask(api.GET("/api/v1/pairing/customers", { params: { query: { limit: 100, cursor: pageParam, q: search.q, status: search.status && [search.status] } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export const contactsQuery = (q: string) =>
  queryOptions({
    queryKey: ["pairing", "contacts", q],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/pairing/contacts", { params: { query: { q: q || undefined, limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });

export function useLoadContacts() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/pairing/customers/load")),
    onSuccess: (run) => runStarted(client, run),
  });
}

export function usePair() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; zohoID: string }) =>
      ask(api.POST("/api/v1/pairing/customers/{id}", { params: { path: { id: input.id } }, body: { zoho_id: input.zohoID } })),
    onSuccess: (item) => {
      settle(client, item);
      refreshRecords(client, "customers", [item.customer_id]);
    },
  });
}

/** the reason is kept in the audit log */
export function useUnpair() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; reason: string }) => call<unknown>("POST", `/records/customers/${encodeURIComponent(input.id)}/unpair`, { reason: input.reason }),
    onSuccess: (_, { id }) => {
      client.invalidateQueries({ queryKey: ["pairing"] });
      refreshRecords(client, "customers", [id]);
    },
  });
}

/** shows a pair at once and offers its contact to nobody else, without reading a long list again */
function settle(client: QueryClient, item: PairingItem) {
  client.invalidateQueries({ queryKey: ["pairing", "contacts"] });
  client.setQueriesData<InfiniteData<PairingPage, string | undefined>>({ queryKey: key }, (old) => {
    if (!old) return old;
    const pages = old.pages.map((page, at) => ({
      ...page,
      counts: at === 0 ? { ...page.counts, open: (page.counts.open ?? 1) - 1, linked: (page.counts.linked ?? 0) + 1 } : page.counts,
      items: page.items.map((other) =>
        other.customer_id === item.customer_id ? item : { ...other, suggestions: other.suggestions.filter((one) => one.zoho_contact_id !== item.zoho_contact_id) },
      ),
    }));
    return { ...old, pages };
  });
  // a list that is still on its way was read before
  client.invalidateQueries({ queryKey: key, predicate: (query) => query.state.fetchStatus === "fetching" });
}

export const exportPairs = () => askText(api.GET("/api/v1/pairing/customers.csv", { parseAs: "text" }));

/** either all lines of the file are taken, or its wrong lines come back as a file */
export function useImportPairs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: File) =>
      askFile<PairingImport>(api.POST("/api/v1/pairing/customers.csv", { body: await file.text(), bodySerializer: (body: string) => body, headers: { "Content-Type": "text/csv" } } as never)),
    onSuccess: (answer) => {
      if (!("done" in answer)) return;
      client.invalidateQueries({ queryKey: ["pairing"] });
      refreshRecords(client, "customers");
    },
  });
}
