import { Alert, Code, Group, Radio, Stack } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Versioned } from "@/api/client";
import type { Connection } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { FormAnswer } from "@/components/FormAnswer";
import { told, useAsked } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Rows } from "@/components/states";
import { consentError, t } from "@/lib/texts";
import { ApplicationForm, inputOf } from "./ApplicationForm";
import { connectionQuery, organizationsQuery, useAuthorize, useSaveConnection } from "./connection.api";
import { SetupPanel } from "./SetupPanel";
import { StatePanel } from "./StatePanel";

export function ConnectionPanels({ answer }: { answer: { connected?: string; error?: string } }) {
  const connection = useQuery(connectionQuery);
  if (connection.isPending) return <Rows count={7} />;
  if (!connection.data) return <Failure error={connection.error} retry={() => connection.refetch()} />;
  const c = connection.data;
  return (
    <Stack gap="lg">
      {answer.connected ? (
        <Alert variant="default" icon={<IconCircleCheck />} role="status">
          {t.connection.connected}
        </Alert>
      ) : null}
      {answer.error ? (
        <Alert variant="default" icon={<IconAlertTriangle />} title={t.connection.refused} role="alert">
          {consentError[answer.error] ?? (
            <>
              {t.connection.refusedCode} <Code>{answer.error}</Code>
            </>
          )}
        </Alert>
      ) : null}
      {c.issue ? (
        <Alert variant="default" icon={<IconAlertTriangle />} title={c.issue.title} role="alert" styles={{ root: { borderLeftWidth: 4, borderLeftColor: "var(--mantine-color-error)" }, icon: { color: "var(--mantine-color-error)" } }}>
          {c.issue.detail} {c.issue.action}
          {c.status === "revoked" ? <Reconnect /> : null}
        </Alert>
      ) : null}
      <ChooseOrganization connection={c} />
      <ApplicationForm connection={c} />
      <StatePanel connection={c} />
      <SetupPanel connection={c} />
    </Stack>
  );
}

/** asked only after a consent that sees several organizations */
export function ChooseOrganization({ connection }: { connection: Connection & Versioned }) {
  const needed = connection.issue?.code === "choose_organization" && connection.status === "connected";
  const list = useQuery({ ...organizationsQuery, enabled: needed });
  const save = useSaveConnection();
  const asked = useAsked();
  const [chosen, choose] = useState<{ id: string; from: Connection & Versioned } | null>(null); // with what it was chosen from
  if (!needed) return null;
  return (
    <Panel title={t.connection.organizationChoose} note={t.connection.organizationWhy}>
      {list.isError ? <Failure error={list.error} retry={() => list.refetch()} /> : null}
      <Radio.Group value={chosen?.id ?? null} onChange={(id) => (save.reset(), choose({ id, from: connection }))} label={t.connection.organization}>
        <Stack gap="xs" mt="xs">
          {list.data?.items.map((o) => (
            <Radio key={o.organization_id} value={o.organization_id} label={`${o.name} (${o.base_currency}, ${o.organization_id})`} />
          ))}
        </Stack>
      </Radio.Group>
      <FormAnswer error={save.error} />
      <Group>
        <ActionButton
          needs="admin"
          disabled={!chosen}
          loading={save.isPending}
          onClick={() => chosen && asked(save.mutateAsync({ input: { ...inputOf(chosen.from), organization_id: chosen.id }, version: chosen.from.version }), () => undefined, () => choose(null))}
        >
          {t.connection.use}
        </ActionButton>
      </Group>
    </Panel>
  );
}

/** the cure in the message that asks for it */
function Reconnect() {
  const authorize = useAuthorize();
  return (
    <Group mt="xs">
      <ActionButton needs="admin" size="compact-sm" loading={authorize.isPending} onClick={() => told(authorize.mutateAsync(undefined), (answer) => window.location.assign(answer.authorization_url))}>
        {t.health.reconnect}
      </ActionButton>
    </Group>
  );
}
