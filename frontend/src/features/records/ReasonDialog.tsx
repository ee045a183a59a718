import { Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Problem } from "@/api/problem";
import { BusyButton } from "@/components/BusyButton";
import { useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";

type Shared = { title: string; text: ReactNode; confirm: string; close: () => void };

/** asks for the reason that the audit log keeps; a refusal is shown where it was asked */
export function ReasonDialog(props: Shared & { act: (reason: string) => Promise<unknown> }) {
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const { busy, error, run } = useAct(props.close);
  const problem = error instanceof Problem ? error.on("reason") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const text = reason.trim();
    setMissing(!text);
    if (text) run(() => props.act(text));
  };
  return (
    <Dialog onClose={props.close} title={props.title}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{props.text}</Text>
          <Textarea
            label={t.verb.reason}
            description={t.verb.reasonHint}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={missing ? t.verb.reasonMissing : problem}
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
          />
          {error && !problem ? <Failure error={error} /> : null}
          <Buttons close={props.close} confirm={props.confirm} busy={busy} />
        </Stack>
      </form>
    </Dialog>
  );
}

/** takes the id of a record in Zoho Books, or the address it stands at in the browser */
export function PairDialog(props: { name: string; close: () => void; act: (zohoID: string) => Promise<unknown> }) {
  const [value, setValue] = useState("");
  const [missing, setMissing] = useState(false);
  const { busy, error, run } = useAct(props.close);
  const problem = error instanceof Problem ? error.on("zoho_id") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = zohoID(value);
    setMissing(!id);
    if (id) run(() => props.act(id));
  };
  return (
    <Dialog onClose={props.close} title={t.verb.pair.title(props.name)}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t.verb.pair.text}</Text>
          <TextInput
            label={t.verb.pair.id}
            description={t.verb.pair.idHint}
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
            error={missing ? t.verb.pair.idMissing : problem}
            autoComplete="off"
            data-autofocus
          />
          {error && !problem ? <Failure error={error} /> : null}
          <Buttons close={props.close} confirm={t.verb.name.pair} busy={busy} />
        </Stack>
      </form>
    </Dialog>
  );
}

/** the last long number of what was pasted: ids of Zoho have more digits than any id of ours */
export function zohoID(text: string): string | undefined {
  return text.match(/\d{6,}/g)?.at(-1);
}

function Buttons(props: { close: () => void; confirm: string; busy: boolean }) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={props.close}>
        {t.cancel}
      </Button>
      <BusyButton type="submit" loading={props.busy}>
        {props.confirm}
      </BusyButton>
    </Group>
  );
}

function useAct(close: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const asked = useAsked();
  const run = (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    asked(act(), (_, there) => there && close(), setError).finally(() => setBusy(false));
  };
  return { busy, error, run };
}
