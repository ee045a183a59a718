import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { told } from "@/components/notify";
import { t } from "@/lib/texts";
import { useCancelRun } from "./runs.api";

export function CancelButton({ run }: { run: Run }) {
  const cancel = useCancelRun();
  return (
    <ActionButton
      needs="operator"
      variant="default"
      loading={cancel.isPending}
      onClick={() =>
        modals.openConfirmModal({
          title: t.runs.cancelTitle,
          children: <Text size="sm">{t.runs.cancelText}</Text>,
          labels: { confirm: t.runs.cancel, cancel: t.runs.keep },
          onConfirm: () => told(cancel.mutateAsync(run.id)),
        })
      }
    >
      {t.runs.cancel}
    </ActionButton>
  );
}
