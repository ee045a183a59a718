// All this feature asks of the server.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call } from "@/api/client";
import type { GuideStep, Run } from "@/api/types";
import { overviewQuery } from "@/features/overview/overview.api";
import { runStarted } from "@/features/runs/runs.api";
import { type MappingKind, type Section, sections } from "@/lib/sections";

/** the six steps as they stand now */
export const guideQuery = queryOptions({ ...overviewQuery, select: (overview) => overview.guide?.steps ?? [] });

export function isDone(steps: readonly GuideStep[]): boolean {
  return steps.length > 0 && steps.every((step) => step.state === "done");
}

/** the first step that wants something */
export function firstOpen(steps: readonly GuideStep[]): string {
  return steps.find((step) => step.state === "open")?.key ?? steps.at(-1)?.key ?? "check";
}

/** prepares Zoho Books and, beside it, lists what QloApps has; listing asks Zoho nothing */
export function usePrepare() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await Promise.all(sections.map((section) => list(section)));
      return ask(api.POST("/api/v1/setup", { body: { create_taxes: true, create_currencies: true } }));
    },
    onSuccess: (run) => runStarted(client, run),
  });
}

async function list(section: Section) {
  const page = await ask(api.GET("/api/v1/records/{section}", { params: { path: { section }, query: { limit: 1 } } }));
  if (!page.initialized_at) await ask(api.POST("/api/v1/records/{section}/initialize", { params: { path: { section } } }));
}

/** the set-up that was started last */
export const setupRunQuery = queryOptions({
  queryKey: ["runs", "setup"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/runs", { params: { query: { limit: 1, kind: ["setup"] } }, signal })),
  select: (page) => page.items[0] ?? null,
});

export type Choices = Partial<Record<MappingKind, Record<string, string | null>>>;

/** saves the choices of several mapping tables, and whether foreign currencies are posted */
export function useSaveChoices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ choices, currencies }: { choices: Choices; currencies: boolean }) => {
      for (const [kind, rows] of Object.entries(choices)) {
        const items = Object.entries(rows ?? {}).map(([source_id, zoho_id]) => ({ source_id, zoho_id }));
        if (items.length > 0) await ask(api.PUT("/api/v1/mappings/{kind}", { params: { path: { kind: kind as MappingKind } }, body: { items } }));
      }
      if (currencies) {
        const now = await ask(api.GET("/api/v1/settings/{section}", { params: { path: { section: "currencies" as never } } }));
        await ask(api.PUT("/api/v1/settings/{section}", { params: { path: { section: "currencies" as never } }, body: { ...(now as object), multi_currency: true } as never }));
      }
    },
    onSettled: () => {
      for (const key of ["mappings", "overview", "settings", "records", "issues"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
}

export const startPreview = (body: unknown) => call<Run>("POST", "/records/orders/preview", body);
