import { Text } from "@mantine/core";
import type { Locks, PreviewLocked } from "@/api/types";
import { Note } from "@/components/states";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";

/** whether a period is closed, as far as Zoho Books tells */
export const isLocked = (locks: Locks | null | undefined) => Boolean(locks?.sales || locks?.banking);

/** which periods are closed in Zoho Books; nothing when none is */
export function LockedPeriods({ locks }: { locks: Locks }) {
  if (!locks.known) return <Note>{locks.detail}</Note>;
  if (!isLocked(locks)) return null;
  const { sales, banking } = locks;
  return (
    <Note>
      {sales ? `${t.locks.sales(formatDay(sales))} ` : ""}
      {banking ? t.locks.banking(formatDay(banking)) : ""}
    </Note>
  );
}

/** how many documents of a selection are dated in closed periods, and what becomes of them */
export function LockedDocuments({ locked }: { locked: PreviewLocked }) {
  const { held, moved, policy, locks } = locked;
  if (!isLocked(locks)) return null;
  return (
    <Text size="sm" mt="xs" fw={held + moved > 0 ? 550 : undefined}>
      {held + moved === 0 ? t.locks.none : [t.locks.moved(moved), t.locks.held(held, policy)].filter(Boolean).join(" ")}
    </Text>
  );
}
