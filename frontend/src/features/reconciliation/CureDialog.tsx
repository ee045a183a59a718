import { Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Dialog } from "@/components/Dialog";
import type { Difference, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import type { Role } from "@/lib/sections";
import { t } from "@/lib/texts";
import { useCure } from "./reconciliation.api";

type Verb = Difference["action"]["verb"];

export function cureNeeds(verb: Verb): Role {
  return verb === "recreate" || verb === "release" || verb === "pair" || verb === "take-change" ? "accountant" : "operator";
}

/** says what will happen, asks for a reason where one is kept, and only then does it */
export function CureDialog({ item, close, done }: { item: Difference; close: () => void; done: (run: Run | null) => void }) {
  const cure = useCure();
  const asked = useAsked();
  const { action } = item;
  const title = t.reconciliation.cureTitle(action.label, item.title);
  const text = (
    <>
      {item.detail} {t.reconciliation.cureText[action.verb]}
    </>
  );
  const act = async (reason?: string) => {
    const run = await cure.mutateAsync({ action, reason });
    done(run);
    notifyDone(
      <>
        {item.title}: {t.verb.done[action.verb as Exclude<Verb, "open">]} {run ? <Link to={`/runs/${run.id}`}>{t.reconciliation.showRun}</Link> : null}
      </>,
    );
  };
  if (action.verb === "recreate" || action.verb === "release" || action.verb === "take-change") return <ReasonDialog title={title} text={text} confirm={action.label} close={close} act={act} />;
  return (
    <Dialog onClose={close} title={title}>
      <Stack gap="sm">
        <Text size="sm">{text}</Text>
        {cure.error ? <Failure error={cure.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <ActionButton needs={cureNeeds(action.verb)} data-autofocus loading={cure.isPending} onClick={() => asked(act(), (_, there) => there && close())}>
            {action.label}
          </ActionButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
