import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { SyncRequest } from "@/api/types";
import { notifyDone } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { useMarkSent } from "./actions.api";

/** asked before many drafts are marked as sent */
export function MarkSentDialog(props: { body: SyncRequest; close: () => void; sent: () => void }) {
  const send = useMarkSent();
  const scope = props.body.ids ? t.draft.chosen(props.body.ids.length) : props.body.filter ? t.draft.matching : t.draft.all;
  return (
    <Modal opened onClose={props.close} title={t.draft.send}>
      <Stack gap="sm">
        <Text size="sm" fw={550}>
          {scope}
        </Text>
        <Text size="sm">{t.draft.text}</Text>
        {send.isError ? <Failure error={send.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.close}>
            {t.cancel}
          </Button>
          <Button
            data-autofocus
            loading={send.isPending}
            onClick={() =>
              send.mutate(props.body, {
                onSuccess: () => {
                  props.close();
                  props.sent();
                  notifyDone(t.sync.runStarted);
                },
              })
            }
          >
            {t.verb.name["mark-sent"]}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
