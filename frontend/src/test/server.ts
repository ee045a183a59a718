// The API as one fresh installation answers it; a test changes what it is about.
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { ScheduleState } from "@/api/contract";
import type { Connection, Doc, GuideStep, IssueGroup, MappingPage, Overview, RecordDetail, RecordItem, RecordPage, Run } from "@/api/types";

const at = (path: string) => `http://qlobooks.test/api/v1${path}`;

export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  data_center: "eu",
  token_domain: "https://accounts.zoho.eu",
  api_domain: "https://www.zohoapis.eu",
  dashboard_domain: "https://books.zoho.eu",
  use_own_application: true,
  client_id: "1000.ABC",
  has_client_secret: true,
  redirect_url: "http://qlobooks.test/api/v1/connection/callback",
  organization_id: "20001",
  organization_name: "Harbour Hotel",
  base_currency: "EUR",
  plan_name: "Professional",
  status: "connected",
  connected_at: "2026-03-01T09:00:00Z",
  access_expires_at: "2026-03-01T10:00:00Z",
  last_error: null,
  issue: null,
  host_application: false,
  locks: { known: true, sales: null, banking: null, detail: "No period is locked." },
  ...change,
});

export const aMapping = (change: Partial<MappingPage> = {}): MappingPage => ({
  items: [{ source_id: "7", source_name: "7 %", used_by: 12, waiting: 0, zoho_id: null, zoho_name: null, suggested_zoho_id: "t7", confidence: "exact", is_default: false }],
  choices: [{ zoho_id: "t7", zoho_name: "VAT 7", detail: "7 %" }],
  refreshed_at: "2026-03-01T09:00:00Z",
  unread: null,
  former: [],
  ...change,
});

export const anEmptyPage: RecordPage = { items: [], next_cursor: null, counts: {}, matching: { status: {}, phase: {} }, initialized_at: null, not_listed: [] };

export const aSchedule = (change: Partial<ScheduleState> = {}): ScheduleState => ({
  enabled: false,
  interval_minutes: 5,
  launch_time: null,
  running: false,
  last_run: null,
  next_run_at: null,
  ...change,
});

export const aRun = (change: Partial<Run> = {}): Run => ({
  id: "1",
  kind: "sync",
  section: "orders",
  title: "",
  sentence: "",
  status: "queued",
  total: 0,
  done: 0,
  failed: 0,
  held: 0,
  unchanged: 0,
  skipped: 0,
  eta: null,
  calls_used: 0,
  started_by: "Ana",
  created_at: "2026-03-01T09:00:00Z",
  started_at: null,
  finished_at: null,
  brake: null,
  result: null,
  error: null,
  ...change,
});

export const aRecord = (change: Partial<RecordItem> = {}): RecordItem => ({
  source_id: "1",
  name: "LARKSPUR1",
  status: "synced",
  paired: false,
  draft: false,
  zoho_id: null,
  zoho_number: null,
  zoho_url: null,
  qloapps_url: null,
  last_synced_at: "2026-03-01T09:00:00Z",
  issue: null,
  notices: [],
  fields: {},
  ...change,
});

export const aPage = (items: RecordItem[], change: Partial<RecordPage> = {}): RecordPage => {
  const counts: Record<string, number> = {};
  const phase: Record<string, { count: number; amounts: never[] }> = {};
  for (const item of items) {
    counts[item.status] = (counts[item.status] ?? 0) + 1;
    if (item.phase) phase[item.phase] = { count: (phase[item.phase]?.count ?? 0) + 1, amounts: [] };
  }
  return { items, next_cursor: null, counts, matching: { status: counts, phase }, initialized_at: "2026-03-01T08:00:00Z", not_listed: [], ...change };
};

export const aDetail = (change: Partial<RecordDetail> = {}): RecordDetail => ({ ...aRecord(), documents: [], history: [], ...change });

export const aDocument = (change: Partial<Doc> = {}): Doc => ({
  flow: "invoice",
  source_id: "1",
  key: "invoice:1",
  status: "synced",
  title: "Invoice #LK000001",
  paired: false,
  zoho_id: "460000000000101",
  zoho_number: "#LK000001",
  zoho_url: "https://books.zoho.eu/app/20001#/invoices/460000000000101",
  date: "2026-03-01",
  total: "1560.00",
  tax: "102.06",
  applied: "500.00",
  currency: "EUR",
  steps: [{ name: "sent", status: "done" }],
  issue: null,
  draft: false,
  releasable: false,
  notices: [],
  last_synced_at: "2026-03-01T09:00:00Z",
  ...change,
});

export const anOverview: Overview = {
  running: [],
  waiting_for_me: 0,
  budget: null,
  calls_left: [],
  posted_today: { documents: 0, by_currency: [] },
  posted_month: { documents: 0, by_currency: [] },
  time_zone: "Asia/Kolkata",
  health: { state: "off", last_tick_at: null, next_tick_at: null, worker_seen_at: null, worker_silent: false, paused_until: null, waiting_runs: 0, queued_runs: 0, down: [] },
  orders: {},
  days: [],
  months: [],
  guide: { steps: [] },
};

export const aStep = (key: string, state: string, change: Partial<GuideStep> = {}): GuideStep => ({ key, state, detail: "", link: `/start?step=${key}`, checks: [], ...change }) as GuideStep;

export const anIssue = (change: Partial<IssueGroup> = {}): IssueGroup => ({
  code: "mapping_missing",
  title: "Not mapped yet",
  explanation: "Nothing in Zoho Books is chosen yet for something this record uses.",
  action: "Choose it on the Mapping page.",
  count: 2,
  amount_by_currency: [],
  link: "/synchronization/orders?issue=mapping_missing",
  sections: [],
  kind: "documents",
  waits_for: "you",
  first_seen: null,
  last_seen: null,
  days: [],
  cures: [],
  handled: null,
  ...change,
});

export const answers = {
  get: (path: string, body: unknown, status = 200) => http.get(at(path), () => HttpResponse.json(body as object, { status })),
  put: (path: string, reply: (body: unknown, request: Request) => [unknown, number?]) =>
    http.put(at(path), async ({ request }) => {
      const [body, status = 200] = reply(await request.json(), request);
      return HttpResponse.json(body as object, { status });
    }),
  post: (path: string, reply: (body: unknown) => [unknown, number?]) =>
    http.post(at(path), async ({ request }) => {
      const text = await request.text();
      const [body, status = 202] = reply(text ? JSON.parse(text) : null);
      return HttpResponse.json(body as object, { status });
    }),
};

/** a stream of events that a test writes */
export function stream(path: string) {
  let write: (text: string) => void = () => undefined;
  const body = new ReadableStream({ start: (controller) => void (write = (text) => controller.enqueue(new TextEncoder().encode(text))) });
  const handler = http.get(at(path), () => new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } }));
  return { handler, tell: (event: string, data: object) => write(`id: 1-0\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`) };
}

/** answers that are held back until they are let go, as those of a slow machine are */
export function held(path: string) {
  const waiting: { url: URL; answer: (body: unknown) => void }[] = [];
  const handler = http.get(at(path), ({ request }) => new Promise<HttpResponse<object>>((resolve) => waiting.push({ url: new URL(request.url), answer: (body) => resolve(HttpResponse.json(body as object)) })));
  return { waiting, handler };
}

export const server = setupServer(
  answers.get("/session", { name: "Ana", email: null, role: "admin", csrf_token: null, employee_id: null }),
  answers.get("/connection", aConnection()),
  answers.get("/connection/organizations", { items: [] }),
  answers.get("/overview", anOverview),
  answers.get("/issues", { items: [] }),
  answers.get("/periods", { items: [] }),
  answers.get("/runs", { items: [], next_cursor: null, counts: {} }),
  answers.get("/mappings/taxes", aMapping()),
  answers.get("/schedule", aSchedule()),
  answers.get("/profiles", { items: [] }),
  answers.get("/events", { code: "not_found", detail: "There is no such path." }, 404),
  answers.get("/settings", { schedule: { enabled: false }, limits: {} }),
  // one section is what the whole answer has of it, whatever a test says that is
  http.get(at("/settings/:section"), async ({ params }) => {
    const all = (await (await fetch(at("/settings"))).json()) as Record<string, object>;
    return HttpResponse.json(all[String(params.section)] ?? {});
  }),
  answers.get("/records/hotels", anEmptyPage),
);
