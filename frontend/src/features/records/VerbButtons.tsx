import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, notifyProblem } from "@/components/notify";
import { t } from "@/lib/texts";
import type { Verb } from "./records.api";

const retryable = new Set(["failed", "unknown", "rejected", "held", "blocked"]);

type Props = { name: string; status: string; pending: boolean; small?: boolean; act: (verb: Verb) => Promise<unknown> };

/** what can be done with a record or document in its present state */
export function VerbButtons(props: Props) {
  const { name, status, act } = props;
  const [skipping, setSkipping] = useState(false);
  const size = props.small ? "compact-sm" : "sm";
  const run = (verb: Verb) => act(verb).then(() => notifyDone(`${name}: ${t.detail.done[verb.verb]}`), notifyProblem);

  if (status === "skipped") {
    return (
      <ActionButton needs="accountant" size={size} variant="default" loading={props.pending} onClick={() => run({ verb: "unskip" })} aria-label={`${t.detail.unskip}: ${name}`}>
        {t.detail.unskip}
      </ActionButton>
    );
  }
  const busy = status === "pending" || status === "syncing";
  const verb = retryable.has(status) ? "retry" : "sync";
  return (
    <Group gap="xs">
      <ActionButton
        needs="operator"
        size={size}
        variant={props.small ? "default" : "filled"}
        because={busy && t.sync.queued}
        loading={props.pending}
        onClick={() => run({ verb })}
        aria-label={`${verb === "retry" ? t.detail.retry : t.sync.sync}: ${name}`}
      >
        {verb === "retry" ? t.detail.retry : t.sync.sync}
      </ActionButton>
      {status !== "synced" && status !== "disabled" ? (
        <ActionButton needs="accountant" size={size} variant="subtle" onClick={() => setSkipping(true)} aria-label={`${t.detail.skip}: ${name}`}>
          {t.detail.skip}
        </ActionButton>
      ) : null}
      {skipping ? <SkipDialog name={name} close={() => setSkipping(false)} skip={(reason) => run({ verb: "skip", reason })} /> : null}
    </Group>
  );
}

function SkipDialog(props: { name: string; close: () => void; skip: (reason: string) => Promise<unknown> }) {
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  return (
    <Modal opened onClose={props.close} title={t.detail.skipTitle(props.name)}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const text = reason.trim();
          setMissing(!text);
          if (text) props.skip(text).then(props.close);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t.detail.skipText}</Text>
          <Textarea
            label={t.detail.reason}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={missing ? t.detail.reasonMissing : undefined}
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.close}>
              {t.cancel}
            </Button>
            <Button type="submit">{t.detail.skip}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
