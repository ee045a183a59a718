import { Notifications } from "@mantine/notifications";
import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { lazy, type ReactNode } from "react";
import { readAudit, readCalls } from "@/features/logs/filters";
import { readLedger } from "@/features/ledger/ledger.api";
import { readReconciliation } from "@/features/reconciliation/period";
import { readSearch } from "@/features/records/filters";
import { type Outcome, outcomes, readRuns } from "@/features/runs/filters";
import { cameFromStart } from "@/features/connection/fromStart";
import type { StartSearch } from "@/features/start/StartPage";
import { isOneOf, mappingKinds, sections } from "@/lib/sections";
import { bookRoutes } from "./bookRoutes";
import { parseSearch, stringifySearch } from "./search";
import { Broken, Lost, Shell } from "./Shell";

// each page is fetched when it is first opened
const ConfigurationPage = lazy(() => import("@/features/settings/ConfigurationPage").then((m) => ({ default: m.ConfigurationPage })));
const IssuesPage = lazy(() => import("@/features/issues/IssuesPage").then((m) => ({ default: m.IssuesPage })));
const LogsPage = lazy(() => import("@/features/logs/LogsPage").then((m) => ({ default: m.LogsPage })));
const AuditPage = lazy(() => import("@/features/logs/AuditPage").then((m) => ({ default: m.AuditPage })));
const MappingPage = lazy(() => import("@/features/mapping/MappingPage").then((m) => ({ default: m.MappingPage })));
const OverviewPage = lazy(() => import("@/features/overview/OverviewPage").then((m) => ({ default: m.OverviewPage })));
const LedgerPage = lazy(() => import("@/features/ledger/LedgerPage").then((m) => ({ default: m.LedgerPage })));
const ReconciliationPage = lazy(() => import("@/features/reconciliation/ReconciliationPage").then((m) => ({ default: m.ReconciliationPage })));
const RecordsPage = lazy(() => import("@/features/records/RecordsPage").then((m) => ({ default: m.RecordsPage })));
const RunPage = lazy(() => import("@/features/runs/RunPage").then((m) => ({ default: m.RunPage })));
const StartPage = lazy(() => import("@/features/start/StartPage").then((m) => ({ default: m.StartPage })));
const RunsPage = lazy(() => import("@/features/runs/RunsPage").then((m) => ({ default: m.RunsPage })));

const root = createRootRoute({ component: Shell, notFoundComponent: Lost, errorComponent: Broken });

const overview = createRoute({ getParentRoute: () => root, path: "/", component: OverviewPage });

const synchronization = createRoute({
  getParentRoute: () => root,
  path: "/synchronization",
  beforeLoad: () => {
    throw redirect({ to: "/synchronization/$section", params: { section: "orders" } });
  },
});

const records = createRoute({
  getParentRoute: () => root,
  path: "/synchronization/$section",
  validateSearch: readSearch,
  component: function Records() {
    const { section } = records.useParams();
    const search = records.useSearch();
    return isOneOf(sections, section) ? <RecordsPage section={section} search={search} /> : <Lost />;
  },
});

type Answer = { connected?: string; error?: string };

const configuration = createRoute({
  getParentRoute: () => root,
  path: "/configuration",
  validateSearch: (raw: Record<string, unknown>): Answer => ({
    ...(raw.connected ? { connected: String(raw.connected) } : {}),
    ...(raw.error ? { error: String(raw.error) } : {}),
  }),
  beforeLoad: ({ search }) => {
    if (!search.connected && !search.error) return;
    const from = cameFromStart();
    if (from && search.connected) throw redirect({ to: "/start", search: { step: "set_up", ...(from === "prepare" ? { connected: "1" } : {}) } });
  },
  component: function Configuration() {
    return <ConfigurationPage section="api" answer={configuration.useSearch()} />;
  },
});

const configurationSection = createRoute({
  getParentRoute: () => root,
  path: "/configuration/$section",
  component: function ConfigurationSection() {
    return <ConfigurationPage section={configurationSection.useParams().section} answer={{}} />;
  },
});

const mapping = createRoute({
  getParentRoute: () => root,
  path: "/mapping",
  beforeLoad: () => {
    throw redirect({ to: "/mapping/$kind", params: { kind: "taxes" } });
  },
});

const mappingKind = createRoute({
  getParentRoute: () => root,
  path: "/mapping/$kind",
  validateSearch: (search: Record<string, unknown>): { row?: string } => (search.row === undefined ? {} : { row: String(search.row) }),
  component: function Mapping() {
    const { kind } = mappingKind.useParams();
    const { row } = mappingKind.useSearch();
    return isOneOf(mappingKinds, kind) ? <MappingPage key={kind} kind={kind} row={row} /> : <Lost />;
  },
});

const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  validateSearch: readRuns,
  component: function Runs() {
    return <RunsPage search={runs.useSearch()} />;
  },
});

const run = createRoute({
  getParentRoute: () => root,
  path: "/runs/$id",
  validateSearch: (raw: Record<string, unknown>): { outcome?: Outcome } => (isOneOf(outcomes, raw.outcome) ? { outcome: raw.outcome } : {}),
  component: function Run() {
    const { id } = run.useParams();
    return <RunPage key={id} id={id} outcome={run.useSearch().outcome} />;
  },
});

const issues = createRoute({ getParentRoute: () => root, path: "/issues", component: IssuesPage });

const reconciliation = createRoute({
  getParentRoute: () => root,
  path: "/reconciliation",
  validateSearch: readReconciliation,
  component: function Reconciliation() {
    return <ReconciliationPage search={reconciliation.useSearch()} />;
  },
});

const ledger = createRoute({
  getParentRoute: () => root,
  path: "/guest-ledger",
  validateSearch: readLedger,
  component: function Ledger() {
    return <LedgerPage search={ledger.useSearch()} />;
  },
});

const logs = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: readCalls,
  component: function Logs() {
    return <LogsPage search={logs.useSearch()} />;
  },
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/logs/audit",
  validateSearch: readAudit,
  component: function Audit() {
    return <AuditPage search={audit.useSearch()} />;
  },
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/start",
  validateSearch: (raw: Record<string, unknown>): StartSearch => ({ ...(raw.step ? { step: String(raw.step) } : {}), ...(raw.connected ? { connected: String(raw.connected) } : {}) }),
  component: function Start() {
    return <StartPage search={start.useSearch()} />;
  },
});

const tree = root.addChildren([start, issues, reconciliation, ledger, logs, audit, overview, synchronization, records, configuration, configurationSection, mapping, mappingKind, runs, run, ...bookRoutes(root)]);

/** messages stand inside the router, because some of them link to a page */
function WithMessages({ children }: { children: ReactNode }) {
  return (
    <>
      <Notifications position="bottom-right" limit={3} />
      {children}
    </>
  );
}

export function makeRouter() {
  return createRouter({ routeTree: tree, defaultPreload: false, defaultErrorComponent: Broken, scrollRestoration: true, search: { strict: true }, parseSearch, stringifySearch, InnerWrap: WithMessages });
}
