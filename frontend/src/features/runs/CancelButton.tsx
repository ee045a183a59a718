import type { Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { confirm } from "@/components/confirm";
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
        confirm({
          title: t.runs.cancelTitle,
          text: t.runs.cancelText,
          confirm: t.runs.cancel,
          cancel: t.runs.keep,
          act: () => told(cancel.mutateAsync(run.id)),
        })
      }
    >
      {t.runs.cancel}
    </ActionButton>
  );
}
