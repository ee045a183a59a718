// All this feature asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { refreshRecords } from "@/features/records/live";
import { runStarted } from "@/features/runs/runs.api";

export type ImportedPage = components["schemas"]["ImportedPage"];
export type ImportedPayment = components["schemas"]["ImportedPayment"];
export type Statements = components["schemas"]["Statements"];

export const paymentStates = ["waiting", "writing", "imported", "elsewhere"] as const;
export type PaymentState = (typeof paymentStates)[number];
export type PaymentsSearch = { status?: PaymentState };

export const importedQuery = (search: PaymentsSearch) =>
  infiniteQueryOptions({
    queryKey: ["payments", "imported", search.status ?? ""],
    queryFn: ({ signal, pageParam }) =>
      ask(api.GET("/api/v1/payments/imported", { params: { query: { limit: 100, cursor: pageParam, status: search.status ? [search.status] : undefined } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const statementsQuery = queryOptions({
  queryKey: ["payments", "statements"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/payments/statements", { signal })),
});

/** the first orders that a search finds, for choosing one */
export const ordersQuery = (q: string) =>
  queryOptions({
    queryKey: ["records", "orders", "choices", q],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/records/{section}", { params: { path: { section: "orders" }, query: { q, limit: 8 } }, signal })),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });

export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (scope: "new" | "all") => ask(api.POST("/api/v1/payments/import", { body: { scope } })),
    onSuccess: (run) => runStarted(client, run),
  });
}

export function useAssign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; order: string; invoice: string | null }) =>
      ask(api.POST("/api/v1/payments/imported/{id}/assign", { params: { path: { id: input.id } }, body: { order_id: input.order, ...(input.invoice ? { invoice_id: input.invoice } : {}) } })),
    onSettled: (_done, _error, input) => {
      client.invalidateQueries({ queryKey: ["payments"] });
      refreshRecords(client, "orders", [input.order]);
    },
  });
}
