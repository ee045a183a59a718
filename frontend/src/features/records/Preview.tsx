import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { asPreview } from "@/api/contract";
import type { Run } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Failure, Note } from "@/components/states";
import { RunBar } from "@/features/runs/RunProgress";
import { isActive, useRun } from "@/features/runs/runs.api";
import { codeName, t } from "@/lib/texts";
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
  const hours = Number(result.hours);
  return (
    <div role="status">
      <Text fw={600}>{t.verb.preview.records(result.count)}</Text>
      <dl className={classes.figures}>
        <dt>{t.verb.preview.amounts}</dt>
        <dd className={classes.amounts}>
          {result.by_currency.length === 0 ? t.verb.preview.none : null}
          {result.by_currency.map((sum) => (
            <Amount key={sum.currency} value={sum.amount} currency={sum.currency} />
          ))}
        </dd>
        <dt>{t.verb.preview.calls}</dt>
        <dd>{result.calls}</dd>
        <dt>{t.verb.preview.hours}</dt>
        <dd>{hours < 1 ? t.verb.preview.soon : t.verb.preview.hoursOf(String(Math.ceil(hours)))}</dd>
        <dt>{t.verb.preview.held}</dt>
        <dd>
          {result.held.length === 0 ? t.verb.preview.heldNone : null}
          {result.held.map((one) => (
            <div key={one.code}>
              {one.count} × {codeName(one.code)}
            </div>
          ))}
        </dd>
      </dl>
    </div>
  );
}

/** the preview of one record, in a dialog of its own */
export function PreviewDialog(props: { name: string; run: Run; close: () => void }) {
  return (
    <Modal opened onClose={props.close} title={t.verb.preview.title(props.name)}>
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
    </Modal>
  );
}
