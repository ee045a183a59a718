import { Button, Group, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Problem } from "@/api/problem";
import type { Difference, Reconciliation } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { useClose } from "./closing.api";
import { FigureTable } from "./FigureTable";
import { totalHeads } from "./TotalsTable";
import { totals } from "./sums";

const keyOf = (one: Difference) => `${one.kind} ${one.flow}:${one.source_id} ${one.zoho_id ?? ""}`;

/** the three columns, a reason for each difference that stays, and one for the month */
export function CloseDialog({ month, name, found, close }: { month: string; name: string; found: Reconciliation; close: () => void }) {
  const sums = useMemo(() => totals(found.rows), [found.rows]);
  const act = useClose(month);
  const asked = useAsked();
  const [reason, setReason] = useState("");
  const [common, setCommon] = useState("");
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  // Zoho keeps a key unique, so one answer names every difference of the same name
  const items = useMemo(() => [...new Map(found.differences.map((one) => [keyOf(one), one])).values()], [found.differences]);
  const why = (one: Difference) => reasons[keyOf(one)]?.trim() || common.trim();
  const problem = act.error instanceof Problem ? act.error.on("reason") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reason.trim() || items.some((one) => !why(one)) || act.isPending) return;
    const accept = items.map((one) => ({ kind: one.kind, flow: one.flow, source_id: one.source_id, zoho_id: one.zoho_id, reason: why(one) }));
    asked(act.mutateAsync({ reason: reason.trim(), accept }), (_, there) => {
      notifyDone(t.closing.done(name));
      if (there) close();
    });
  };
  return (
    <Dialog onClose={close} title={t.closing.closeTitle(name)} size="xl">
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t.closing.closeText}</Text>
          {sums.length > 0 ? <FigureTable label={t.closing.columns} heads={totalHeads} rows={sums} /> : null}
          {items.length > 0 ? (
            <Stack gap="sm" component="section" aria-label={t.closing.differences}>
              <div>
                <Title order={3} size="h4">
                  {t.closing.differences}
                </Title>
                <Text size="sm" c="dimmed">
                  {t.closing.differencesNote}
                </Text>
              </div>
              {items.length > 1 ? <TextInput label={t.closing.forAll} value={common} onChange={(event) => setCommon(event.currentTarget.value)} maxLength={500} /> : null}
              {items.map((one) => (
                <TextInput
                  key={keyOf(one)}
                  label={t.closing.acceptFor(t.reconciliation.kind[one.kind] ?? one.kind, one.title)}
                  description={one.detail}
                  value={reasons[keyOf(one)] ?? ""}
                  placeholder={common.trim()}
                  onChange={(event) => setReasons({ ...reasons, [keyOf(one)]: event.currentTarget.value })}
                  error={tried && !why(one) ? t.closing.missing : undefined}
                  maxLength={500}
                />
              ))}
            </Stack>
          ) : null}
          <Textarea
            label={t.closing.reason}
            description={t.closing.reasonHint}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={tried && !reason.trim() ? t.closing.missing : problem}
            maxLength={500}
            autosize
            minRows={2}
          />
          {act.error && !problem ? <Failure error={act.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.cancel}
            </Button>
            <ActionButton needs="accountant" type="submit" loading={act.isPending}>
              {t.closing.close}
            </ActionButton>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
