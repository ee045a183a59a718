// All this feature asks of the server.
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask, call, type Versioned } from "@/api/client";
import type { GuideStep, MappingPage, Run } from "@/api/types";
import { type Changes, mappingQuery, putMapping } from "@/features/mapping/mapping.api";
import { overviewQuery } from "@/features/overview/overview.api";
import { runStarted } from "@/features/runs/runs.api";
import { putSection, sectionQuery } from "@/features/settings/settings.api";
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

/** the act of preparing, from the click until its run is there */
export const preparing = ["setup"];

/** prepares Zoho Books and, beside it, lists what QloApps has; listing asks Zoho nothing */
export function usePrepare() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: preparing,
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

/** what is chosen of each table, and the page that it was chosen from */
export type Choices = Partial<Record<MappingKind, { rows: Changes; from: MappingPage & Versioned }>>;

/** saves the choices of several mapping tables, and whether foreign currencies are posted */
export function useSaveChoices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ choices, currencies }: { choices: Choices; currencies: boolean }) => {
      for (const [kind, { rows, from }] of Object.entries(choices)) {
        if (Object.keys(rows).length > 0) await putMapping(kind as MappingKind, rows, from.version);
      }
      if (currencies) {
        const now = await client.fetchQuery({ ...sectionQuery("currencies"), staleTime: 0 });
        await putSection("currencies", { ...now.values, multi_currency: true }, now.version);
      }
    },
    onSettled: () => {
      for (const key of ["mappings", "overview", "settings", "records", "issues"]) client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** the same choices on what stands now; rows that somebody else has chosen since are theirs, or overwritten */
export async function renewed(client: QueryClient, choices: Choices, mine: boolean): Promise<Choices> {
  const next: Choices = {};
  for (const [name, { rows, from }] of Object.entries(choices)) {
    const kind = name as MappingKind;
    const now = await client.fetchQuery({ ...mappingQuery(kind), staleTime: 0 });
    const of = (page: MappingPage, id: string) => page.items.find((item) => item.source_id === id)?.zoho_id ?? null;
    next[kind] = { from: now, rows: Object.fromEntries(Object.entries(rows).filter(([id]) => mine || of(now, id) === of(from, id))) };
  }
  return next;
}

export const startPreview = (body: unknown) => call<Run>("POST", "/records/orders/preview", body);
