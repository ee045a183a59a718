import { Group, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import type { Check, Connection } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { confirm } from "@/components/confirm";
import { notifyDone, told } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Note } from "@/components/states";
import { When } from "@/components/When";
import { checkName, connectionStatusName, t } from "@/lib/texts";
import { useDisconnect, useRefreshAccess, useTest } from "./connection.api";

/** how the connection stands, and what can be done with it */
export function StatePanel({ connection }: { connection: Connection }) {
  const test = useTest();
  const refresh = useRefreshAccess();
  const disconnect = useDisconnect();
  const on = connection.status === "connected";
  const rows: [string, React.ReactNode][] = [
    [t.connection.status, connectionStatusName[connection.status]],
    [t.connection.organization, connection.organization_name ? `${connection.organization_name} (${connection.organization_id})` : t.none],
    [t.connection.plan, connection.plan_name ?? "–"],
    [t.connection.base, connection.base_currency ?? "–"],
    [t.connection.since, <When key="since" at={connection.connected_at} />],
    [t.connection.expires, <When key="expires" at={connection.access_expires_at} />],
  ];
  if (connection.last_error) rows.push([t.connection.lastError, connection.last_error]);
  return (
    <Panel title={t.connection.status}>
      {!on && connection.status === "disconnected" ? <Note>{t.connection.notYet}</Note> : null}
      <Table variant="vertical" layout="fixed" maw={640}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w="40%" scope="row">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="sm">
        <ActionButton needs="admin" variant="default" loading={test.isPending} onClick={() => told(test.mutateAsync(undefined))}>
          {t.connection.test}
        </ActionButton>
        <ActionButton
          needs="admin"
          variant="default"
          disabled={!on}
          loading={refresh.isPending}
          onClick={() => told(refresh.mutateAsync(undefined), () => notifyDone(t.connection.refreshed))}
        >
          {t.connection.refresh}
        </ActionButton>
        <ActionButton
          needs="admin"
          variant="default"
          disabled={connection.status === "disconnected"}
          onClick={() =>
            confirm({
              title: t.connection.disconnectTitle,
              text: t.connection.disconnectText,
              confirm: t.connection.disconnect,
              cancel: t.cancel,
              act: () => told(disconnect.mutateAsync(undefined), () => notifyDone(t.connection.disconnected)),
            })
          }
        >
          {t.connection.disconnect}
        </ActionButton>
      </Group>
      {test.data ? <Checks items={test.data.items} /> : null}
    </Panel>
  );
}

function Checks({ items }: { items: Check[] }) {
  const bad = items.filter((item) => !item.ok).length;
  return (
    <section aria-label={t.connection.testTitle}>
      <Text size="sm" fw={550} role="status" mb="xs">
        {bad === 0 ? t.connection.testOk : t.connection.testBad(bad)}
      </Text>
      <Stack gap="xs">
        {items.map((item) => (
          <Group key={item.check} gap="sm" wrap="nowrap" align="flex-start">
            {item.ok ? (
              <IconCircleCheck size={20} color="var(--mantine-color-anchor)" aria-hidden style={{ flex: "none" }} />
            ) : (
              <IconAlertTriangle size={20} color="var(--mantine-color-error)" aria-hidden style={{ flex: "none" }} />
            )}
            <div>
              <Text size="sm" fw={550}>
                {checkName[item.check] ?? item.check}: {item.ok ? t.connection.ok : t.connection.attention}
              </Text>
              <Text size="sm" c="dimmed">
                {item.detail} {item.action}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
