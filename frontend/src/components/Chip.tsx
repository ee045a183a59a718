import { Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconHandStop,
  IconHelpCircle,
  IconHourglass,
  IconPencil,
  IconPlayerSkipForward,
  IconRefresh,
  type IconProps,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { isOneOf, type Status, statuses } from "@/lib/sections";
import { type Tone, toneOf } from "@/lib/statusTone";
import { runStatusName, statusMeaning, statusName, t } from "@/lib/texts";
import classes from "./Chip.module.css";

type Icon = ComponentType<IconProps>;

const statusIcon: Record<Status, Icon> = {
  synced: IconCircleCheck,
  pending: IconClock,
  syncing: IconRefresh,
  not_synced: IconCircleDashed,
  blocked: IconHourglass,
  held: IconHandStop,
  failed: IconAlertTriangle,
  unknown: IconHelpCircle,
  rejected: IconCircleX,
  skipped: IconPlayerSkipForward,
  disabled: IconBan,
};

/** a word with an icon; the color only repeats what they say */
export function Chip(props: { tone: Tone; icon: Icon; children: ReactNode; hint?: string; spin?: boolean; plain?: boolean }) {
  const chip = (
    <span title={props.plain ? props.hint : undefined} className={`${classes.chip} ${classes[props.tone]} ${props.spin ? classes.spin : ""}`}>
      <props.icon size={15} stroke={1.9} aria-hidden />
      <span>{props.children}</span>
    </span>
  );
  return props.hint && !props.plain ? <Tooltip label={props.hint}>{chip}</Tooltip> : chip;
}

/** plain: in a long list, where a tooltip of its own for each row would make scrolling slow */
export function StatusChip({ status, plain }: { status: string; plain?: boolean }) {
  if (!isOneOf(statuses, status)) return <Chip tone="quiet" icon={IconHelpCircle}>{status}</Chip>;
  return (
    <Chip plain={plain} tone={toneOf(status)} icon={statusIcon[status]} hint={statusMeaning[status]} spin={status === "syncing"}>
      {statusName[status]}
    </Chip>
  );
}

/** an invoice that is in no ledger before somebody marks it as sent */
export function DraftChip({ plain }: { plain?: boolean }) {
  return (
    <Chip plain={plain} tone="wait" icon={IconPencil} hint={t.draft.meaning}>
      {t.draft.name}
    </Chip>
  );
}

const runTone: Record<string, [Tone, Icon]> = {
  queued: ["wait", IconClock],
  waiting: ["attention", IconHandStop],
  running: ["wait", IconRefresh],
  done: ["good", IconCircleCheck],
  failed: ["bad", IconAlertTriangle],
  canceled: ["quiet", IconBan],
};

export function RunChip({ status }: { status: string }) {
  const [tone, icon] = runTone[status] ?? (["quiet", IconHelpCircle] as [Tone, Icon]);
  return (
    <Chip tone={tone} icon={icon} spin={status === "running"}>
      {runStatusName[status] ?? status}
    </Chip>
  );
}
