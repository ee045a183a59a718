import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Dialog } from "@/components/Dialog";
import type { SyncRequest } from "@/api/types";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { draftsQuery, useMarkSent } from "./actions.api";

/** asked before many drafts are marked as sent */
export function MarkSentDialog(props: { body: SyncRequest; close: () => void; sent: () => void }) {
  const send = useMarkSent();
  const asked = useAsked();
  const drafts = useQuery(draftsQuery(props.body));
  const scope = props.body.ids ? t.draft.chosen(props.body.ids.length) : props.body.filter ? t.draft.matching : t.draft.all;
  return (
    <Dialog onClose={props.close} title={t.draft.send}>
      <Stack gap="sm">
        <Text size="sm" fw={550}>
          {scope}: {drafts.data ? t.draft.count(drafts.data.documents, drafts.data.orders) : t.draft.counting}
        </Text>
        <Text size="sm">{t.draft.text}</Text>
        {drafts.isError ? <Failure error={drafts.error} retry={() => drafts.refetch()} /> : null}
        {send.isError ? <Failure error={send.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.close}>
            {t.cancel}
          </Button>
          <Button
            data-autofocus
            loading={send.isPending}
            disabled={!drafts.data?.documents}
            onClick={() =>
              asked(send.mutateAsync({ ...props.body, confirm: true }), (_, there) => {
                if (there) {
                  props.close();
                  props.sent();
                }
                notifyDone(t.sync.runStarted);
              })
            }
          >
            {t.verb.name["mark-sent"]}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
