import { Alert, Code, Group, PasswordInput, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/api/problem";
import type { Connection, ConnectionInput } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Copy } from "@/components/Copy";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Rows } from "@/components/states";
import { dataCenters } from "@/lib/sections";
import { consentError, dataCenterName, t } from "@/lib/texts";
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
        <Alert variant="default" icon={<IconAlertTriangle />} title={c.issue.title} role="alert">
          {c.issue.detail} {c.issue.action}
        </Alert>
      ) : null}
      <ChooseOrganization connection={c} />
      <Application key={`${c.data_center}${c.client_id}${c.organization_id}${c.has_client_secret}`} connection={c} />
      <StatePanel connection={c} />
      <SetupPanel connection={c} />
    </Stack>
  );
}

function inputOf(c: Connection): ConnectionInput {
  return {
    data_center: c.data_center,
    token_domain: c.data_center === "custom" ? c.token_domain : "",
    api_domain: c.data_center === "custom" ? c.api_domain : "",
    dashboard_domain: c.data_center === "custom" ? c.dashboard_domain : "",
    use_own_application: c.use_own_application,
    client_id: c.client_id,
    organization_id: c.organization_id,
  };
}

/** asked only after a consent that sees several organisations */
function ChooseOrganization({ connection }: { connection: Connection }) {
  const needed = connection.issue?.code === "choose_organization" && connection.status === "connected";
  const list = useQuery({ ...organizationsQuery, enabled: needed });
  const save = useSaveConnection();
  const [chosen, setChosen] = useState<string | null>(null);
  if (!needed) return null;
  return (
    <Panel title={t.connection.organizationChoose} note={t.connection.organizationWhy}>
      {list.isError ? <Failure error={list.error} retry={() => list.refetch()} /> : null}
      <Radio.Group value={chosen} onChange={setChosen} label={t.connection.organization}>
        <Stack gap="xs" mt="xs">
          {list.data?.items.map((o) => (
            <Radio key={o.organization_id} value={o.organization_id} label={`${o.name} (${o.base_currency}, ${o.organization_id})`} />
          ))}
        </Stack>
      </Radio.Group>
      {save.error ? <Failure error={save.error} /> : null}
      <Group>
        <ActionButton
          needs="admin"
          disabled={!chosen}
          loading={save.isPending}
          onClick={() => save.mutate({ ...inputOf(connection), organization_id: chosen })}
        >
          {t.connection.use}
        </ActionButton>
      </Group>
    </Panel>
  );
}

function Application({ connection }: { connection: Connection }) {
  const stored = inputOf(connection);
  const [values, setValues] = useState<ConnectionInput>(stored);
  const save = useSaveConnection();
  const authorize = useAuthorize();
  const problem = save.error instanceof Problem ? save.error : undefined;
  const set = (next: Partial<ConnectionInput>) => setValues((old) => ({ ...old, ...next }));
  const dirty = JSON.stringify(values) !== JSON.stringify(stored);
  const own = values.use_own_application ?? true;
  const text = (name: "token_domain" | "api_domain" | "dashboard_domain", label: string) => (
    <TextInput
      label={label}
      description={t.connection.domainHint}
      value={values[name] ?? ""}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      error={problem?.on(name)}
      maw={480}
    />
  );
  return (
    <Panel title={t.connection.title} note={t.connection.intro}>
      <div>
        <Text size="sm" fw={550}>
          {t.connection.redirect}
        </Text>
        <Text size="sm" c="dimmed">
          {t.connection.redirectHint}
        </Text>
        <Group gap={4} wrap="nowrap" mt={4}>
          <Code style={{ overflowWrap: "anywhere" }}>{connection.redirect_url}</Code>
          <Copy value={connection.redirect_url} what={t.connection.redirect} />
        </Group>
      </div>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(values, { onSuccess: () => notifyDone(t.saved) });
        }}
      >
        <Stack gap="md">
          <Radio.Group
            label={t.connection.application}
            value={own ? "own" : "host"}
            onChange={(value) => set({ use_own_application: value === "own" })}
          >
            <Group mt={6} gap="lg">
              <Radio value="own" label={t.connection.own} />
              <Radio value="host" label={t.connection.host} />
            </Group>
          </Radio.Group>
          {own ? (
            <>
              <TextInput
                label={t.connection.clientId}
                value={values.client_id ?? ""}
                onChange={(event) => set({ client_id: event.currentTarget.value })}
                error={problem?.on("client_id")}
                autoComplete="off"
                maw={480}
              />
              <PasswordInput
                label={t.connection.clientSecret}
                description={connection.has_client_secret ? t.connection.secretStored : t.connection.secretMissing}
                value={values.client_secret ?? ""}
                onChange={(event) => set({ client_secret: event.currentTarget.value || undefined })}
                error={problem?.on("client_secret")}
                autoComplete="new-password"
                visibilityToggleButtonProps={{ "aria-label": t.session.show }}
                maw={480}
              />
            </>
          ) : null}
          <Select
            label={t.connection.dataCenter}
            description={t.connection.dataCenterHint}
            data={dataCenters.map((value) => ({ value, label: dataCenterName[value] }))}
            value={values.data_center}
            onChange={(value) => value && set({ data_center: value as ConnectionInput["data_center"] })}
            allowDeselect={false}
            error={problem?.on("data_center")}
            maw={480}
          />
          {values.data_center === "custom" ? (
            <>
              {text("token_domain", t.connection.tokenDomain)}
              {text("api_domain", t.connection.apiDomain)}
              {text("dashboard_domain", t.connection.dashboardDomain)}
            </>
          ) : null}
          <OrganizationInput connection={connection} value={values.organization_id ?? null} error={problem?.on("organization_id")} change={(organization_id) => set({ organization_id })} />
          {save.error ? (
            <Failure error={save.error} hide={["client_id", "client_secret", "data_center", "organization_id", "token_domain", "api_domain", "dashboard_domain"]} />
          ) : null}
          {authorize.error ? <Failure error={authorize.error} /> : null}
          <Group gap="sm">
            <ActionButton needs="admin" type="submit" variant={dirty ? "filled" : "default"} loading={save.isPending} disabled={!dirty}>
              {t.save}
            </ActionButton>
            <ActionButton
              needs="admin"
              variant={dirty ? "default" : "filled"}
              because={dirty && t.connection.saveFirst}
              loading={authorize.isPending}
              onClick={() => authorize.mutate(undefined, { onSuccess: (a) => window.location.assign(a.authorization_url) })}
            >
              {connection.status === "disconnected" ? t.connection.connect : t.connection.reconnect}
            </ActionButton>
            <Text size="sm" c="dimmed">
              {t.connection.connectHint}
            </Text>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

/** chosen by name once Zoho can be asked, typed before that */
function OrganizationInput(props: { connection: Connection; value: string | null; error: string | undefined; change: (id: string | null) => void }) {
  const list = useQuery({ ...organizationsQuery, enabled: props.connection.status === "connected" });
  const items = list.data?.items ?? [];
  if (items.length === 0) {
    return (
      <TextInput
        label={t.connection.organizationId}
        description={t.connection.organizationHint}
        value={props.value ?? ""}
        onChange={(event) => props.change(event.currentTarget.value.trim() || null)}
        error={props.error}
        maw={480}
      />
    );
  }
  const data = items.map((o) => ({ value: o.organization_id, label: `${o.name} (${o.base_currency}, ${o.organization_id})` }));
  if (props.value && !data.some((one) => one.value === props.value)) data.push({ value: props.value, label: props.value });
  return (
    <Select
      label={t.connection.organization}
      description={t.connection.organizationChange}
      data={data}
      value={props.value}
      onChange={props.change}
      allowDeselect={false}
      error={props.error}
      maw={480}
    />
  );
}
