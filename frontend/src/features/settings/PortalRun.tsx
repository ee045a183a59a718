import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ActionButton } from "@/components/ActionButton";
import { Panel } from "@/components/Panel";
import { useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { useSync } from "@/features/records/actions.api";
import { initializedQuery } from "@/features/records/records.api";
import { t } from "@/lib/texts";

/** offered once after the customer portal was switched on: contacts made before do not have it yet */
export function PortalRun({ close }: { close: () => void }) {
  const { data } = useQuery(initializedQuery("customers"));
  const sync = useSync("customers");
  const asked = useAsked();
  const navigate = useNavigate();
  const count = (data?.counts as Record<string, number> | undefined)?.synced ?? 0;
  if (count === 0) return null;
  return (
    <Panel title={t.settings.portalTitle}>
      <Text>{t.settings.portalText(count)}</Text>
      {sync.isError ? <Failure error={sync.error} /> : null}
      <Group gap="sm">
        <ActionButton
          needs="operator"
          loading={sync.isPending}
          onClick={() =>
            asked(sync.mutateAsync({ filter: { status: ["synced"] }, confirm: true }), (run, there) => there && navigate({ to: "/runs/$id", params: { id: run.id } }))
          }
        >
          {t.settings.portalRun(count)}
        </ActionButton>
        <Button variant="default" onClick={close}>
          {t.cancel}
        </Button>
      </Group>
    </Panel>
  );
}
