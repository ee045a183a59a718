import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Dialog } from "@/components/Dialog";
import { asPreview, type CodeCount, type PreviewDocument } from "@/api/contract";
import type { Run } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Failure, Note } from "@/components/states";
import { RunBar } from "@/features/runs/RunProgress";
import { isActive, useRun } from "@/features/runs/runs.api";
import { codeName, flowName, t } from "@/lib/texts";
import { prettyJSON } from "@/lib/pretty";
import { LockedDocuments } from "./LockedPeriods";
import classes from "./Preview.module.css";

/** follows a preview run and shows what a sync would do; nothing is sent */
export function PreviewEffect({ id }: { id: string }) {
  const run = useRun(id);
  if (run.isError && !run.data) return <Failure error={run.error} retry={() => run.refetch()} />;
  if (!run.data || isActive(run.data)) {
    return (
      <Stack gap={6} role="status">
        {run.data ? <RunBar run={run.data} label={t.verb.preview.asking} /> : null}
        <Text size="sm" c="dimmed">
          {t.verb.preview.asking}
        </Text>
      </Stack>
    );
  }
  return <PreviewFigures run={run.data} />;
}

export function PreviewFigures({ run }: { run: Run }) {
  const result = asPreview(run.result);
  if (run.status === "failed") {
    return (
      <Note>
        {t.verb.preview.failed}. {run.error?.title} {run.error?.detail} {run.error?.action}
      </Note>
    );
  }
  if (!result) return <Note>{t.verb.preview.notYet}</Note>;
  return (
    <div role="status">
      <Text fw={600}>{t.verb.preview.records(result.count, result.documents_posted)}</Text>
      <dl className={classes.figures}>
        <dt>{t.verb.preview.amounts}</dt>
        <dd className={classes.amounts}>
          {result.by_currency.length === 0 ? t.verb.preview.none : null}
          {result.by_currency.map((sum) => (
            <Amount key={sum.currency} value={sum.amount} currency={sum.currency} />
          ))}
        </dd>
        {result.unchanged > 0 ? <Line name={t.verb.preview.unchanged}>{result.unchanged}</Line> : null}
        <Line name={t.verb.preview.calls}>{result.calls}</Line>
        <Line name={t.verb.preview.hours}>{result.calls === 0 ? t.verb.preview.noTime : result.hours < 1 ? t.verb.preview.soon : t.verb.preview.hoursOf(String(Math.ceil(result.hours)))}</Line>
        <Line name={t.verb.preview.held}>
          {result.held.length === 0 ? t.verb.preview.heldNone : null}
          <Causes items={result.held} />
        </Line>
        {result.failed.length > 0 ? (
          <Line name={t.verb.preview.refused}>
            <Causes items={result.failed} />
          </Line>
        ) : null}
        {result.skipped.length > 0 ? (
          <Line name={t.verb.preview.skipped}>
            <Causes items={result.skipped} />
          </Line>
        ) : null}
      </dl>
      {result.overdue > 0 ? (
        <Text size="sm" mt="xs">
          {t.verb.preview.overdue(result.overdue)}
        </Text>
      ) : null}
      {result.locked ? <LockedDocuments locked={result.locked} /> : null}
      <Documents items={result.documents} />
    </div>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Causes({ items }: { items: CodeCount[] }) {
  return items.map((one) => (
    <div key={one.code} title={one.detail}>
      {one.count} × {codeName(one.code)}
    </div>
  ));
}

/** of one record: what would become of each of its documents, and why */
function Documents({ items }: { items: PreviewDocument[] }) {
  if (items.length === 0) return null;
  return (
    <ul className={classes.documents}>
      {items.map((doc) => (
        <li key={doc.flow + doc.source_id}>
          <strong>{doc.title || `${flowName[doc.flow] ?? doc.flow} ${doc.source_id}`}</strong>
          <span className={classes.sum}>
            <Amount value={doc.total} currency={doc.currency} />
          </span>
          <p>
            {doc.issue ? `${doc.issue.title}. ${doc.issue.detail} ${doc.issue.action}` : t.verb.preview.action[doc.action]}
            {doc.differences?.length ? ` ${doc.differences.join("; ")}` : ""}
          </p>
          <Bodies doc={doc} />
        </li>
      ))}
    </ul>
  );
}

/** the exact body that would be sent, beside what stands in Zoho Books now */
function Bodies({ doc }: { doc: PreviewDocument }) {
  if (!doc.body && !doc.stands) return null;
  return (
    <details className={classes.bodies}>
      <summary>{doc.stands ? t.verb.preview.both : t.verb.preview.body}</summary>
      <div>
        {doc.stands ? <Body title={t.verb.preview.stands} value={doc.stands} /> : null}
        {doc.body ? <Body title={t.verb.preview.wouldSend} value={doc.body} /> : null}
      </div>
    </details>
  );
}

function Body({ title, value }: { title: string; value: unknown }) {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it */}
      <pre tabIndex={0}>{prettyJSON(JSON.stringify(value))}</pre>
    </figure>
  );
}

/** the preview of one record, in a dialog of its own */
export function PreviewDialog(props: { name: string; run: Run; close: () => void }) {
  return (
    <Dialog onClose={props.close} title={t.verb.preview.title(props.name)}>
      <Stack gap="sm">
        <PreviewEffect id={props.run.id} />
        <Text size="sm" c="dimmed">
          {t.verb.preview.nothing}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.close} data-autofocus>
            {t.close}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
