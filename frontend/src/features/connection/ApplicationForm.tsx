import { Button, Checkbox, Code, Group, PasswordInput, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Versioned } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Connection, ConnectionInput } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Copy } from "@/components/Copy";
import { FormAnswer } from "@/components/FormAnswer";
import { notifyDone, useAsked } from "@/components/notify";
import { Outside } from "@/components/Outside";
import { Panel } from "@/components/Panel";
import { Note } from "@/components/states";
import { UnsavedGuard } from "@/components/Unsaved";
import { changedFields, useDraft } from "@/lib/draft";
import { dataCenters } from "@/lib/sections";
import { dataCenterName, t } from "@/lib/texts";
import { consoleOf, readZohoAddress } from "@/lib/zohoAddress";
import { connectionQuery, organizationsQuery, useAuthorize, useSaveConnection } from "./connection.api";
import { rememberStart } from "./fromStart";

export function inputOf(c: Connection): ConnectionInput {
  const custom = c.data_center === "custom";
  return {
    data_center: c.data_center,
    token_domain: custom ? c.token_domain : "",
    api_domain: custom ? c.api_domain : "",
    dashboard_domain: custom ? c.dashboard_domain : "",
    use_own_application: c.host_application ? c.use_own_application : true,
    client_id: c.client_id,
    organization_id: c.organization_id,
  };
}

const inputs = ["client_id", "client_secret", "data_center", "organization_id", "token_domain", "api_domain", "dashboard_domain"];

/** the application, whose books, and one button that saves and connects. start: as a step of the way in. */
export function ApplicationForm({ connection, start }: { connection: Connection & Versioned; start?: boolean }) {
  const stored = inputOf(connection);
  const draft = useDraft<ConnectionInput>("connection", stored, connection.version);
  const { values, set, dirty } = draft;
  const [prepare, setPrepare] = useState(true);
  const client = useQueryClient();
  const save = useSaveConnection();
  const authorize = useAuthorize();
  const asked = useAsked();
  const problem = save.error instanceof Problem ? save.error : undefined;
  const own = values.use_own_application ?? true;
  const count = draft.changed.filter((name) => name !== "use_own_application" || connection.host_application).length;

  const send = async (input = values, version = draft.from.version) => {
    try {
      await save.mutateAsync({ input, version });
      draft.discard();
      return true;
    } catch {
      return false; // shown at the fields
    }
  };
  /** what stands now, with what was entered here in front or behind it */
  const merge = async (mine: boolean) => {
    const before = draft.from.values;
    const entered = Object.fromEntries(draft.changed.map((name) => [name, values[name as keyof ConnectionInput]])) as Partial<ConnectionInput>;
    const now = await client.fetchQuery({ ...connectionQuery, staleTime: 0 });
    save.reset();
    if (mine) return send({ ...inputOf(now), ...entered }, now.version);
    const theirs = changedFields(inputOf(now), before);
    draft.restart(Object.fromEntries(Object.entries(entered).filter(([name]) => !theirs.includes(name))), { values: inputOf(now), version: now.version });
  };
  const connect = async () => {
    if (dirty && !(await send())) return;
    await asked(authorize.mutateAsync(undefined), (answer, there) => {
      if (!there) return;
      if (start) rememberStart(prepare);
      window.location.assign(answer.authorization_url);
    });
  };
  const paste = (text: string) => {
    const found = readZohoAddress(text);
    if (!found) return;
    const custom = found.data_center === "custom" ? { token_domain: values.token_domain || found.origin, api_domain: values.api_domain || found.origin, dashboard_domain: found.origin } : { token_domain: "", api_domain: "", dashboard_domain: "" };
    set({ data_center: found.data_center, ...(found.organization_id ? { organization_id: found.organization_id } : {}), ...custom });
  };
  const domain = (name: "token_domain" | "api_domain" | "dashboard_domain", label: string) => (
    <TextInput label={label} description={t.connection.domainHint} value={values[name] ?? ""} onChange={(event) => set({ [name]: event.currentTarget.value })} error={problem?.on(name)} maw={480} />
  );
  return (
    <Panel title={t.connection.title} note={connection.host_application ? t.connection.intro : t.connection.introOwn}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          connect();
        }}
      >
        <Stack gap="md">
          {draft.restored ? <Note>{t.unsaved.restored}</Note> : null}
          <PastedAddress apply={paste} />
          {connection.host_application ? (
            <Radio.Group label={t.connection.application} value={own ? "own" : "host"} onChange={(value) => set({ use_own_application: value === "own" })}>
              <Group mt={6} gap="lg">
                <Radio value="own" label={t.connection.own} />
                <Radio value="host" label={t.connection.host} />
              </Group>
            </Radio.Group>
          ) : null}
          {own ? (
            <>
              <Steps center={values.data_center} redirect={connection.redirect_url} />
              <TextInput label={t.connection.clientId} value={values.client_id ?? ""} onChange={(event) => set({ client_id: event.currentTarget.value })} error={problem?.on("client_id")} autoComplete="off" maw={480} />
              <Secret key={save.submittedAt} stored={connection.has_client_secret} value={values.client_secret ?? ""} change={(client_secret) => set({ client_secret })} error={problem?.on("client_secret")} />
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
              {domain("token_domain", t.connection.tokenDomain)}
              {domain("api_domain", t.connection.apiDomain)}
              {domain("dashboard_domain", t.connection.dashboardDomain)}
            </>
          ) : null}
          <OrganizationInput connection={connection} value={values.organization_id ?? null} error={problem?.on("organization_id")} change={(organization_id) => set({ organization_id })} />
          {start ? <Checkbox label={t.start.connect.prepare} checked={prepare} onChange={(event) => setPrepare(event.currentTarget.checked)} /> : null}
          <FormAnswer error={save.error ?? authorize.error} hide={inputs} theirs={() => merge(false)} mine={() => merge(true)} />
          <Group gap="sm">
            <ActionButton needs="admin" type="submit" loading={save.isPending || authorize.isPending}>
              {dirty ? t.connection.saveAndConnect : connection.status === "disconnected" ? t.connection.connect : t.connection.reconnect}
            </ActionButton>
            {dirty ? (
              <ActionButton needs="admin" variant="default" onClick={async () => (await send()) && notifyDone(t.saved)}>
                {t.connection.saveOnly}
              </ActionButton>
            ) : null}
            <Text size="sm" c="dimmed">
              {t.connection.connectHint}
            </Text>
          </Group>
        </Stack>
      </form>
      <UnsavedGuard count={count} needs="admin" saving={save.isPending} save={() => send()} discard={draft.discard} />
    </Panel>
  );
}

/** the address bar of Zoho Books fills in the data center and the organization */
function PastedAddress({ apply }: { apply: (text: string) => void }) {
  const [text, setText] = useState("");
  const found = text ? readZohoAddress(text) : undefined;
  return (
    <TextInput
      label={t.connection.address}
      description={t.connection.addressHint}
      placeholder="https://books.zoho.eu/app/20001234"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
      error={text && !found ? t.connection.addressUnknown : undefined}
      rightSection={found ? <IconCircleCheck size={18} color="var(--mantine-color-anchor)" aria-label={t.connection.addressRead} /> : null}
      autoComplete="off"
      maw={480}
    />
  );
}

/** what has to be done in Zoho's console, beside the fields that it fills */
function Steps({ center, redirect }: { center: string; redirect: string }) {
  const address = consoleOf(center);
  return (
    <div>
      <Text size="sm" fw={550}>
        {t.start.connect.steps}
      </Text>
      <ol style={{ margin: "0.35rem 0 0", paddingLeft: "1.3rem", display: "grid", gap: 4, fontSize: "0.875rem" }}>
        <li>
          <Outside href={address}>{t.start.connect.open(address.replace("https://", ""))}</Outside>
        </li>
        <li>{t.start.connect.kind}</li>
        <li>
          {t.start.connect.paste}
          <Group gap={4} wrap="nowrap">
            <Code style={{ overflowWrap: "anywhere" }}>{redirect}</Code>
            <Copy value={redirect} what={t.connection.redirect} />
          </Group>
        </li>
        <li>{t.start.connect.copy}</li>
      </ol>
    </div>
  );
}

/** a stored secret is never shown; it is replaced on purpose */
function Secret(props: { stored: boolean; value: string; change: (value: string | undefined) => void; error?: string }) {
  const [replacing, setReplacing] = useState(!props.stored || props.value !== "");
  const open = replacing || !props.stored || props.error !== undefined;
  if (!open) {
    return (
      <div>
        <Text size="sm" fw={550}>
          {t.connection.clientSecret}
        </Text>
        <Group gap="sm" mt={4}>
          <Text size="sm" c="dimmed">
            {t.connection.secretKept}
          </Text>
          <Button variant="default" size="compact-sm" onClick={() => setReplacing(true)}>
            {t.connection.secretReplace}
          </Button>
        </Group>
      </div>
    );
  }
  return (
    <PasswordInput
      label={t.connection.clientSecret}
      description={props.stored ? t.connection.secretStored : t.connection.secretMissing}
      value={props.value}
      onChange={(event) => props.change(event.currentTarget.value || undefined)}
      error={props.error}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ "aria-label": t.show(t.connection.clientSecret) }}
      maw={480}
    />
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
  return <Select label={t.connection.organization} description={t.connection.organizationChange} data={data} value={props.value} onChange={props.change} allowDeselect={false} error={props.error} maw={480} />;
}
