// All this feature asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { refreshRecords } from "@/features/records/live";
import { runStarted } from "@/features/runs/runs.api";

export type ImportedPage = components["schemas"]["ImportedPage"];
export type ImportedPayment = components["schemas"]["ImportedPayment"];
export type Statements = components["schemas"]["Statements"];

export const paymentStates = ["waiting", "changed", "writing", "imported", "elsewhere", "gone"] as const;
export type PaymentState = (typeof paymentStates)[number];
/** what narrows the list: a state, words, and the period, currency and mode of a line of the statements */
export type PaymentsSearch = { status?: PaymentState; q?: string; from?: string; to?: string; currency?: string; payment_mode?: string; hotel?: string; customer?: string };

/** the filters that are texts, and how each is written in an address */
export const paymentFilters = { from: /^\d{4}-\d{2}-\d{2}$/, to: /^\d{4}-\d{2}-\d{2}$/, currency: /^[A-Z]{3}$/, payment_mode: /^.+$/, hotel: /^\d+$/, customer: /^\d+$/ };

export type StatementSearch = Omit<PaymentsSearch, "status" | "q">;

export const importedQuery = (search: PaymentsSearch) =>
  infiniteQueryOptions({
    queryKey: ["payments", "imported", search],
    queryFn: ({ signal, pageParam }) => {
      const { status, ...filters } = search;
      return ask(api.GET("/api/v1/payments/imported", { params: { query: { limit: 100, cursor: pageParam, status: status ? [status] : undefined, ...filters } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const statementsQuery = (search: StatementSearch) =>
  infiniteQueryOptions({
    queryKey: ["payments", "statements", search],
    queryFn: ({ signal, pageParam }) => ask(api.GET("/api/v1/payments/statements", { params: { query: { limit: 200, cursor: pageParam, ...search } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** where what the same filters select is as a file, one line for each payment */
export const importedFile = (search: PaymentsSearch) => `/api/v1/payments/imported?${new URLSearchParams({ format: "csv", ...search })}`;

/** where the same statements are as a file */
export const statementsFile = (search: StatementSearch) => {
  const query = new URLSearchParams({ format: "csv", ...search });
  return `/api/v1/payments/statements?${query}`;
};

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
    mutationFn: (input: { id: string; order: string; invoice: string | null; confirm: boolean }) =>
      ask(
        api.POST("/api/v1/payments/imported/{id}/assign", {
          params: { path: { id: input.id } },
          body: { order_id: input.order, ...(input.invoice ? { invoice_id: input.invoice } : {}), ...(input.confirm ? { confirm: true } : {}) },
        }),
      ),
    onSettled: (_done, _error, input) => {
      client.invalidateQueries({ queryKey: ["payments"] });
      refreshRecords(client, "orders", [input.order]);
    },
  });
}

/** leaves a payment as it is, until either side changes */
export function useHandled() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { id: string; reason: string }) => ask(api.POST("/api/v1/payments/imported/{id}/handled", { params: { path: { id: input.id } }, body: { reason: input.reason } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["payments"] }),
  });
}
