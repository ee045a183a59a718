import { ActionIcon, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import type { Issue, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, notifyProblem } from "@/components/notify";
import { useLack, useMay } from "@/lib/role";
import type { Role, Status } from "@/lib/sections";
import { statusName, t } from "@/lib/texts";
import type { Verb, VerbName } from "./actions.api";
import { PreviewDialog } from "./Preview";
import { PairDialog, ReasonDialog } from "./ReasonDialog";
import { type Actionable, before, isBusy, isStuck, primaryVerb, verbsFor } from "./verbs";

type Props = { name: string; of: Actionable; pending: boolean; small?: boolean; act: (verb: Verb) => Promise<Run | null> };

const needs: Record<VerbName, Role> = {
  sync: "operator",
  preview: "operator",
  retry: "operator",
  skip: "accountant",
  unskip: "accountant",
  pair: "accountant",
  unpair: "accountant",
  recreate: "accountant",
  release: "accountant",
  "take-change": "accountant",
  "mark-sent": "accountant",
};

type Asking = "skip" | "unpair" | "recreate" | "release" | "take-change" | "pair";

const asks = (verb: VerbName): verb is Asking => verb === "skip" || verb === "unpair" || verb === "recreate" || verb === "release" || verb === "take-change" || verb === "pair";

/** what can be done with a record or document in its present state: the likely act, and a menu of the others */
export function VerbButtons(props: Props) {
  const { name, of } = props;
  const [asking, setAsking] = useState<Asking | null>(null);
  const [preview, setPreview] = useState<Run | null>(null);
  const size = props.small ? "compact-sm" : "sm";
  const primary = primaryVerb(of);
  const others = verbsFor(of).filter((verb) => verb !== primary);
  const act = async (verb: Verb) => {
    const run = await props.act(verb);
    if (verb.verb === "preview" && run) setPreview(run);
    else notifyDone(`${name}: ${t.verb.done[verb.verb]}`);
  };
  const start = (verb: VerbName) => {
    if (asks(verb)) setAsking(verb);
    else act({ verb }).catch(notifyProblem);
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionButton
        needs={needs[primary]}
        size={size}
        variant={props.small ? "default" : "filled"}
        because={isBusy(of.status) && t.verb.before[of.status as Status]}
        loading={props.pending}
        onClick={() => start(primary)}
        aria-label={`${t.verb.name[primary]}: ${name}`}
      >
        {t.verb.name[primary]}
      </ActionButton>
      <Others name={name} verbs={others} small={props.small} start={start} />
      {asking === "pair" ? <PairDialog name={name} close={() => setAsking(null)} act={(zoho_id) => act({ verb: "pair", zoho_id })} /> : null}
      {asking && asking !== "pair" ? (
        <ReasonDialog
          title={t.verb[asking].title(name)}
          text={t.verb[asking].text}
          confirm={t.verb.name[asking]}
          close={() => setAsking(null)}
          act={(reason) => act({ verb: asking, reason })}
        />
      ) : null}
      {preview ? <PreviewDialog name={name} run={preview} close={() => setPreview(null)} /> : null}
    </Group>
  );
}

function Others(props: { name: string; verbs: VerbName[]; small?: boolean; start: (verb: VerbName) => void }) {
  if (props.verbs.length === 0) return null;
  return (
    <Menu position="bottom-end" withinPortal returnFocus>
      <Menu.Target>
        <ActionIcon variant="default" size={props.small ? 26 : 36} aria-label={t.verb.menu(props.name)}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {props.verbs.map((verb) => (
          <Item key={verb} verb={verb} start={props.start} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Item({ verb, start }: { verb: VerbName; start: (verb: VerbName) => void }) {
  const may = useMay(needs[verb]);
  const lack = useLack(needs[verb]);
  return (
    <Menu.Item onClick={() => start(verb)} disabled={!may} title={lack}>
      {t.verb.name[verb]}
    </Menu.Item>
  );
}

/** asked before a row is synchronized whose state means that nothing may come of it */
export function SyncDialog(props: { name: string; status: string; issue: Issue | null; close: () => void; act: (verb: Verb) => void }) {
  const { status, issue } = props;
  const byPerson = status === "skipped" && issue?.code === "skipped_by_person";
  const verb: Verb = { verb: byPerson ? "unskip" : isStuck(status) ? "retry" : "sync" };
  return (
    <Dialog onClose={props.close} title={t.verb.askTitle(props.name, (statusName[status as Status] ?? status).toLowerCase())}>
      <Stack gap="sm">
        {issue ? (
          <Text size="sm" fw={550}>
            {issue.title} {issue.action}
          </Text>
        ) : null}
        <Text size="sm">{before({ status, issue })}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.close}>
            {t.cancel}
          </Button>
          <ActionButton
            needs={needs[verb.verb]}
            data-autofocus
            onClick={() => {
              props.act(verb);
              props.close();
            }}
          >
            {byPerson ? t.verb.name.unskip : isStuck(status) ? t.verb.retryNow : t.verb.syncAnyway}
          </ActionButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
