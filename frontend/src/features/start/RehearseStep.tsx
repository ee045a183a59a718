import { Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { asPreview, type PreviewDocument } from "@/api/contract";
import { api, ask, call } from "@/api/client";
import type { Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { Panel } from "@/components/Panel";
import { Wide } from "@/components/Wide";
import { Failure, Rows } from "@/components/states";
import { PreviewEffect } from "@/features/records/Preview";
import { isActive, runQuery, runStarted, useRun } from "@/features/runs/runs.api";
import { formatDay, formatMonth } from "@/lib/time";
import { t } from "@/lib/texts";
import classes from "./Start.module.css";
import { startPreview } from "./start.api";

/** the month before this one, or before now as long as this one is the first */
export function lastMonth(now: Date): { from: string; to: string; name: string } {
  const first = new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, 1));
  const last = new Date(Date.UTC(now.getFullYear(), now.getMonth(), 0));
  const text = (day: Date) => day.toISOString().slice(0, 10);
  return { from: text(first), to: text(last), name: formatMonth(text(first)) };
}

/** what would be sent of last month, and one invoice as it will stand in Zoho Books */
export function RehearseStep() {
  const client = useQueryClient();
  const month = lastMonth(new Date());
  const orders = useQuery({
    queryKey: ["start", "orders", month.from],
    queryFn: async ({ signal }) => {
      const read = (query: object) => ask(api.GET("/api/v1/records/{section}", { params: { path: { section: "orders" }, query: { limit: 20, ...query } }, signal }));
      const dated = await read({ date_from: month.from, date_to: month.to });
      return dated.items.length > 0 ? { items: dated.items, dated: true } : { items: (await read({})).items, dated: false };
    },
  });
  const preview = useMutation({
    mutationFn: (dated: boolean) => startPreview(dated ? { filter: { date_from: month.from, date_to: month.to } } : { all: true }),
    onSuccess: (run) => runStarted(client, run),
  });
  const begun = useRef(false);
  const dated = orders.data?.dated;
  useEffect(() => {
    if (dated === undefined || begun.current || orders.data?.items.length === 0) return;
    begun.current = true; // to look at it is what the step is for
    preview.mutate(dated);
  }, [dated, orders.data, preview.mutate]);
  const { data: seen } = useQuery({ ...runQuery(preview.data?.id ?? ""), enabled: Boolean(preview.data) });
  const further = seen && !isActive(seen) ? (asPreview(seen.result)?.invoiced ?? null) : undefined;
  if (orders.isPending) return <Rows count={5} />;
  if (!orders.data) return <Failure error={orders.error} retry={() => orders.refetch()} />;
  return (
    <Stack gap="lg">
      <Panel title={dated ? t.start.rehearse.month(month.name) : t.start.rehearse.all} note={dated ? t.start.what.rehearse : t.start.rehearse.noneIn}>
        {preview.isError ? <Failure error={preview.error} /> : null}
        {preview.data ? <Followed id={preview.data.id} /> : null}
        <Group>
          <ActionButton needs="operator" variant="default" loading={preview.isPending} onClick={() => preview.mutate(Boolean(dated))}>
            {t.start.rehearse.again}
          </ActionButton>
        </Group>
      </Panel>
      <OneInvoice ids={orders.data.items.map((item) => item.source_id)} further={preview.isError ? null : further} />
    </Stack>
  );
}

function Followed({ id }: { id: string }) {
  const client = useQueryClient();
  const { data: run } = useRun(id);
  const ended = run ? !isActive(run) : false;
  useEffect(() => {
    if (ended) client.invalidateQueries({ queryKey: ["overview"] });
  }, [client, ended]);
  return <PreviewEffect id={id} />;
}

/** the invoice of the first of these orders that gets one */
function useInvoiceOf(list: readonly string[]) {
  return useQuery({
    queryKey: ["start", "invoice", list],
    enabled: list.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      let stands = false;
      for (const id of list) {
        let run = await call<Run>("POST", `/records/orders/${encodeURIComponent(id)}/preview`);
        for (let n = 0; n < 60 && isActive(run); n++) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          run = await ask(api.GET("/api/v1/runs/{id}", { params: { path: { id: run.id } }, signal }));
        }
        const invoices = asPreview(run.result)?.documents.filter((document) => document.flow === "invoice") ?? [];
        const invoice = invoices.find((document) => document.body);
        if (invoice) return invoice;
        stands ||= invoices.some((document) => document.action === "nothing");
      }
      return stands ? ("stands" as const) : null;
    },
  });
}

/** of one of the three newest orders, which is soon known, or else of the order that the preview of all names; `further` is
 * undefined until that has ended, and null when it names none */
function OneInvoice({ ids, further }: { ids: readonly string[]; further: string | null | undefined }) {
  const newest = useInvoiceOf(ids.slice(0, 3));
  const lacks = newest.data === null || newest.data === "stands";
  const other = useInvoiceOf(lacks && further ? [further] : []);
  const waits = ids.length > 0 && (newest.isPending || (lacks && (further === undefined || (further !== null && other.isPending))));
  const found = lacks && other.data ? other.data : newest.data;
  const failed = newest.error ?? other.error;
  return (
    <Panel title={t.start.rehearse.one}>
      {waits ? <Rows count={4} /> : null}
      {failed ? <Failure error={failed} /> : null}
      {waits ? null : found === "stands" ? <Text c="dimmed">{t.start.rehearse.oneStands}</Text> : found ? <Invoice document={found} /> : null}
      {(found === null && !waits) || ids.length === 0 ? <Text c="dimmed">{t.start.rehearse.oneNone}</Text> : null}
    </Panel>
  );
}

type Line = { name?: string; description?: string; quantity?: unknown; rate?: unknown; item_total?: unknown };

/** the body that would be sent, laid out as the document it makes */
export function Invoice({ document }: { document: PreviewDocument }) {
  const body = (document.body ?? {}) as { line_items?: Line[]; invoice_number?: string; customer_name?: string; date?: string; is_inclusive_tax?: boolean };
  const lines = Array.isArray(body.line_items) ? body.line_items : [];
  return (
    <article className={classes.invoice} aria-label={document.title}>
      <header>
        <div>
          <Title order={3}>{document.title}</Title>
          <Text size="sm" c="dimmed">
            {document.date ? formatDay(document.date) : ""}
          </Text>
        </div>
        <Text fw={620} size="lg">
          <Amount value={document.total} currency={document.currency} strong />
        </Text>
      </header>
      {document.issue ? (
        <Text size="sm">
          {document.issue.title}. {document.issue.detail} {document.issue.action}
        </Text>
      ) : null}
      <Wide label={t.start.rehearse.item}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.start.rehearse.item}</th>
              <th scope="col" className={classes.num}>
                {t.start.rehearse.quantity}
              </th>
              <th scope="col" className={classes.num}>
                {t.start.rehearse.rate}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of one body have no other identity
              <tr key={at}>
                <td>
                  {line.name ?? line.description ?? ""}
                  {line.name && line.description ? (
                    <Text size="xs" c="dimmed" style={{ whiteSpace: "pre-line" }}>
                      {line.description}
                    </Text>
                  ) : null}
                </td>
                <td className={classes.num}>{String(line.quantity ?? 1)}</td>
                <td className={classes.num}>
                  <Amount exact value={line.rate === undefined ? null : String(line.rate)} currency={document.currency} />
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {body.is_inclusive_tax ? t.start.rehearse.totalInclusive : t.start.rehearse.total}
              </th>
              <td className={classes.num}>
                <Amount value={document.total} currency={document.currency} />
              </td>
            </tr>
          </tfoot>
        </table>
      </Wide>
    </article>
  );
}
