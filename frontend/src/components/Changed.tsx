import { Alert, Button, Group, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { Problem } from "@/api/problem";
import type { ReactNode } from "react";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";

export type Meanwhile = { by: string; at: string; changes: { field: string; before: string; after: string }[] };

/** what somebody else has changed since this form was read; null for any other problem */
export function meanwhileOf(error: unknown): Meanwhile | null {
  if (!(error instanceof Problem) || error.status !== 412) return null;
  const { by, at, changes } = error.body;
  return { by: typeof by === "string" && by ? by : t.unsaved.somebody, at: typeof at === "string" ? at : "", changes: Array.isArray(changes) ? (changes as Meanwhile["changes"]) : [] };
}

/** two people changed the same: what the other one did, and the choice whose words stand */
export function Changed(props: { meanwhile: Meanwhile; label?: (field: string) => string; word?: (field: string, value: string) => ReactNode; theirs: () => void; mine: () => void }) {
  const zone = useZone();
  const { by, at, changes } = props.meanwhile;
  return (
    <Alert variant="default" icon={<IconUsers />} role="alert" title={t.unsaved.conflict(by, at ? formatInstant(at, zone) : "")}>
      {changes.map((change) => (
        <Text size="sm" key={change.field}>
          {props.label?.(change.field) ?? change.field}: {props.word?.(change.field, change.before) ?? change.before} → {props.word?.(change.field, change.after) ?? change.after}
        </Text>
      ))}
      <Text size="sm">{t.unsaved.conflictText}</Text>
      <Group gap="sm" mt="xs">
        <Button size="compact-sm" variant="default" onClick={props.theirs}>
          {t.unsaved.theirs}
        </Button>
        <Button size="compact-sm" variant="default" onClick={props.mine}>
          {t.unsaved.mine}
        </Button>
      </Group>
    </Alert>
  );
}
