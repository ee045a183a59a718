import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, useAsked } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Rows } from "@/components/states";
import { When } from "@/components/When";
import { Wide } from "@/components/Wide";
import { settingsQuery } from "@/features/settings/settings.api";
import { t } from "@/lib/texts";
import { alertEvents } from "@/lib/texts/alerts";
import { type Delivery, deliveriesQuery, useSendTest } from "./alerts.api";

/** a test of the webhook, and what became of the last messages */
export function AlertsPanel() {
  const list = useQuery(deliveriesQuery);
  const settings = useQuery(settingsQuery);
  const test = useSendTest();
  const asked = useAsked();
  const send = () => asked(test.mutateAsync(undefined), (sent) => sent.state === "delivered" && notifyDone(t.alerts.arrived));
  const lost = test.data && test.data.state !== "delivered" ? test.data : null;
  return (
    <Panel
      title={t.alerts.title}
      note={t.alerts.note}
      actions={
        <ActionButton needs="admin" variant="default" loading={test.isPending} because={!settings.data?.alerts?.webhook_url && t.alerts.noAddress} onClick={send}>
          {t.alerts.test}
        </ActionButton>
      }
    >
      {lost ? <Text role="alert">{t.alerts.notTaken(lost.outcome ?? null)}</Text> : null}
      {test.isError ? <Failure error={test.error} /> : null}
      {list.isPending ? <Rows count={3} /> : !list.data ? <Failure error={list.error} retry={() => list.refetch()} /> : <Deliveries items={list.data.items} />}
    </Panel>
  );
}

const eventName = (event: string) => alertEvents.find((one) => one.value === event)?.label ?? (event === "test" ? t.alerts.trial : event);

function Deliveries({ items }: { items: Delivery[] }) {
  if (items.length === 0) return <Text c="dimmed">{t.alerts.none}</Text>;
  return (
    <Wide label={t.alerts.title}>
      <Table aria-label={t.alerts.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.alerts.at}</Table.Th>
            <Table.Th>{t.alerts.event}</Table.Th>
            <Table.Th>{t.alerts.outcome}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td>
                <When at={item.at} />
              </Table.Td>
              <Table.Td>{eventName(item.event)}</Table.Td>
              <Table.Td>
                {t.alerts.state[item.state]}
                {item.outcome ? `: ${item.outcome}` : null}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  );
}
