import { Button, Group, Stack, Text } from "@mantine/core";
import { Dialog } from "@/components/Dialog";
import type { IssueGroup, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { useRetryIssue } from "./issues.api";

/** says how many are tried again, and what happens where nothing was cured */
export function RetryDialog({ item, close, started }: { item: IssueGroup; close: () => void; started: (run: Run) => void }) {
  const retry = useRetryIssue();
  const asked = useAsked();
  const act = () =>
    asked(retry.mutateAsync(item.code), (run, there) => {
      started(run);
      notifyDone(`${item.title}: ${t.issues.retried}`);
      if (there) close();
    });
  return (
    <Dialog onClose={close} title={t.issues.retryTitle(item.title)}>
      <Stack gap="sm">
        <Text size="sm">{t.issues.retryText(t.issues.documents(item.count))}</Text>
        {retry.error ? <Failure error={retry.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <ActionButton needs="operator" data-autofocus loading={retry.isPending} onClick={act}>
            {t.issues.retryNow}
          </ActionButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
