import { Alert, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Failure, Rows } from "@/components/states";
import { ApplicationForm } from "@/features/connection/ApplicationForm";
import { ChooseOrganization } from "@/features/connection/ConnectionPanels";
import { connectionQuery } from "@/features/connection/connection.api";

export function ConnectStep() {
  const connection = useQuery(connectionQuery);
  if (connection.isPending) return <Rows count={7} />;
  if (!connection.data) return <Failure error={connection.error} retry={() => connection.refetch()} />;
  const c = connection.data;
  return (
    <Stack gap="lg">
      {c.issue && c.issue.code !== "choose_organization" ? (
        <Alert variant="default" icon={<IconAlertTriangle />} title={c.issue.title} role="alert">
          {c.issue.detail} {c.issue.action}
        </Alert>
      ) : null}
      <ChooseOrganization connection={c} />
      <ApplicationForm connection={c} start />
    </Stack>
  );
}
