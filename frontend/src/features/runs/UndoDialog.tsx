import { Button, Group, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Problem } from "@/api/problem";
import type { Run, UndoItem, UndoPreview } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { Outside } from "@/components/Outside";
import { Wide } from "@/components/Wide";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure, Rows } from "@/components/states";
import { connectionQuery } from "@/features/connection/connection.api";
import { formatAmount } from "@/lib/money";
import { flowName, t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import { undoPreviewQuery, useUndo } from "./undo.api";

/** runs that post, once they have ended */
export function undoable(run: Run): boolean {
  return (run.kind === "sync" || run.kind === "tick" || run.kind === "daily") && (run.status === "done" || run.status === "failed" || run.status === "canceled");
}

export function UndoButton({ run }: { run: Run }) {
  const [open, setOpen] = useState(false);
  if (!undoable(run)) return null;
  return (
    <>
      <ActionButton needs="admin" variant="default" onClick={() => setOpen(true)}>
        {t.undo.open}
      </ActionButton>
      {open ? <UndoDialog run={run} close={() => setOpen(false)} /> : null}
    </>
  );
}

/** what a run posted and what would become of it; then the reason and the word to do it */
function UndoDialog({ run, close }: { run: Run; close: () => void }) {
  const preview = useInfiniteQuery(undoPreviewQuery(run.id));
  const pages = preview.data?.pages ?? [];
  const first = pages[0];
  const items = pages.flatMap((page) => page.items);
  return (
    <Dialog onClose={close} title={t.undo.title(run.title)} size="xl">
      <Stack gap="md">
        <Text size="sm">{t.undo.text}</Text>
        {preview.isPending ? <Rows count={4} /> : null}
        {preview.isError && !preview.data ? <Failure error={preview.error} retry={() => preview.refetch()} /> : null}
        {first?.counts ? <Counted page={first} /> : null}
        {items.length > 0 ? <Items items={items} /> : null}
        {preview.hasNextPage ? (
          <Button variant="default" onClick={() => preview.fetchNextPage()} loading={preview.isFetchingNextPage}>
            {t.more}
          </Button>
        ) : null}
        {first ? <Confirm run={run} page={first} close={close} /> : null}
      </Stack>
    </Dialog>
  );
}

function Counted({ page }: { page: UndoPreview }) {
  const counts = page.counts;
  if (!counts) return null;
  const parts = (["delete", "void", "unapply", "inactive", "refused", "left"] as const).filter((key) => counts[key] > 0);
  return (
    <section aria-label={t.undo.counts}>
      <Text>{parts.length > 0 ? parts.map((key) => t.undo.count[key](counts[key])).join(" · ") : t.undo.nothing}</Text>
      {(page.by_currency ?? []).map((sum) => (
        <Text size="sm" key={`${sum.flow} ${sum.currency}`}>
          {t.undo.sum(sum.count, flowName[sum.flow] ?? sum.flow, formatAmount(sum.amount, sum.currency), sum.currency)}
        </Text>
      ))}
    </section>
  );
}

function Items({ items }: { items: UndoItem[] }) {
  return (
    <Wide label={t.undo.document}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.undo.document}</Table.Th>
            <Table.Th>{t.undo.date}</Table.Th>
            <Table.Th className="q-num">{t.undo.amount}</Table.Th>
            <Table.Th>{t.undo.becomes}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={`${item.flow} ${item.source_id}`}>
              <Table.Td>
                <Outside href={item.zoho_url}>{item.title || `${flowName[item.flow] ?? item.flow} ${item.source_id}`}</Outside>
                {item.zoho_number ? (
                  <Text size="sm" c="dimmed">
                    {item.zoho_number}
                  </Text>
                ) : null}
              </Table.Td>
              <Table.Td>{item.date ? formatDay(item.date) : "–"}</Table.Td>
              <Table.Td>
                <Amount value={item.total} currency={item.currency} />
              </Table.Td>
              <Table.Td>
                {item.issue ? (
                  <>
                    <Text size="sm" fw={550}>
                      {t.undo.stays}: {item.issue.title}
                    </Text>
                    <Text size="sm" c="dimmed">
                      {item.issue.detail} {item.issue.action}
                    </Text>
                  </>
                ) : (
                  t.undo.way[item.way]
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  );
}

function Confirm({ run, page, close }: { run: Run; page: UndoPreview; close: () => void }) {
  const connection = useQuery(connectionQuery);
  const undo = useUndo();
  const asked = useAsked();
  const go = useNavigate();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const id = connection.data?.organization_id;
  const problem = undo.error instanceof Problem ? undo.error : undefined;
  const counts = page.counts;
  const some = counts ? counts.delete + counts.void + counts.unapply + counts.inactive > 0 : false;
  const right = Boolean(id) && typed.trim() === id && reason.trim() !== "";
  const because = !some ? t.undo.nothing : !right && (id ? t.undo.typeFirst : t.tools.noOrganization);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (because || undo.isPending) return;
    asked(undo.mutateAsync({ id: run.id, reason: reason.trim(), confirm: typed.trim() }), (started, there) => {
      if (!there) return notifyDone(<Link to={`/runs/${started.id}`}>{t.sync.showRun}</Link>);
      close();
      void go({ to: `/runs/${started.id}` });
    });
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <Textarea label={t.verb.reason} description={t.verb.reasonHint} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={problem?.on("reason")} maxLength={500} autosize minRows={2} />
        {id ? (
          <TextInput
            label={t.tools.confirm(id)}
            description={connection.data?.organization_name ? t.tools.confirmHint(connection.data.organization_name) : undefined}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={problem?.on("confirm")}
            autoComplete="off"
            maw={420}
          />
        ) : null}
        {undo.isError ? <Failure error={undo.error} hide={["confirm", "reason"]} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <ActionButton needs="admin" type="submit" color="red" loading={undo.isPending} because={because}>
            {t.undo.act}
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
}
