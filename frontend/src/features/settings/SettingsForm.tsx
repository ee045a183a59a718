import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Problem } from "@/api/problem";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows, Stale } from "@/components/states";
import { initializedQuery } from "@/features/records/records.api";
import { isOneOf, type Section, sections } from "@/lib/sections";
import { sectionName, type SettingsSection, t } from "@/lib/texts";
import { conflicts } from "./conflicts";
import { Input } from "./Input";
import { PortalRun } from "./PortalRun";
import { settingsQuery, useSaveSettings, type Values } from "./settings.api";

type All = Record<string, Values | undefined>;

export function SettingsForm({ section }: { section: SettingsSection }) {
  const settings = useQuery(settingsQuery);
  const [portal, setPortal] = useState(false);
  if (settings.isPending) return <Rows count={6} />;
  const all = settings.data as All | undefined;
  const stored = all?.[section.key];
  if (!all || !stored) return <Failure error={settings.error} retry={() => settings.refetch()} />;
  const saved = (values: Values) => {
    notifyDone(t.saved);
    setPortal(section.key === "customers" && Boolean(values.customer_portal) && !stored.customer_portal);
  };
  return (
    <Stack gap="lg">
      {settings.isError ? <Stale retry={() => settings.refetch()} /> : null}
      {portal ? <PortalRun close={() => setPortal(false)} /> : null}
      <Form key={JSON.stringify(stored)} section={section} stored={stored} all={all} saved={saved} />
    </Stack>
  );
}

function Form(props: { section: SettingsSection; stored: Values; all: All; saved: (values: Values) => void }) {
  const { section, stored, all } = props;
  const [values, setValues] = useState<Values>(stored);
  const save = useSaveSettings(section.key);
  const problem = save.error instanceof Problem ? save.error : undefined;
  const fields = section.groups.flatMap((group) => group.fields);
  const dirty = fields.some((field) => JSON.stringify(values[field.name]) !== JSON.stringify(stored[field.name]));
  const automatic = fields.some((field) => field.name.startsWith("auto_"));
  const notes = conflicts(section.key, values, all);
  const hidden = problem?.fields.filter((one) => fields.some((field) => belongs(one.field, field.name))).map((one) => one.field) ?? [];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(values, { onSuccess: () => props.saved(values) });
      }}
    >
      <Stack gap="lg">
        {automatic && !all.schedule?.enabled ? (
          <Note>
            {t.settings.scheduleOff}{" "}
            <Anchor component={Link} to="/configuration/schedule" inherit underline="always">
              {t.settings.openSchedule}
            </Anchor>
          </Note>
        ) : null}
        {automatic ? <NotInitialized section={section.key.replaceAll("_", "-")} /> : null}
        {section.groups.map((group) => (
          <Panel key={group.title} title={group.title} note={group.note}>
            {group.fields.map((field) => (
              <Input
                key={field.name}
                field={field}
                value={values[field.name]}
                error={messages(problem, field.name)}
                change={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
              />
            ))}
          </Panel>
        ))}
        <div role="status">
          {notes.length > 0 ? (
            <Panel title={t.settings.conflictTitle}>
              {notes.map((note) => (
                <Note key={note}>{note}</Note>
              ))}
            </Panel>
          ) : null}
        </div>
        {save.error ? <Failure error={save.error} title={hidden.length > 0 ? t.settings.wrong : undefined} hide={hidden} /> : null}
        <Group>
          <ActionButton needs="admin" type="submit" loading={save.isPending} disabled={!dirty}>
            {t.save}
          </ActionButton>
          {dirty ? (
            <>
              <ActionButton needs="admin" variant="default" onClick={() => setValues(stored)}>
                {t.discard}
              </ActionButton>
              <Text size="sm" c="dimmed" role="status">
                {t.settings.unsaved}
              </Text>
            </>
          ) : null}
        </Group>
      </Stack>
    </form>
  );
}

/** `ignored_hotels[0]` and `profile_roles.4` belong to the input of the whole list */
function belongs(named: string, field: string): boolean {
  return named === field || named.startsWith(`${field}[`) || named.startsWith(`${field}.`);
}

function messages(problem: Problem | undefined, field: string): string | undefined {
  const found = problem?.fields.filter((one) => belongs(one.field, field)) ?? [];
  if (found.length === 0) return undefined;
  return found.map((one) => (one.field === field ? one.message : `${one.field.slice(field.length).replace(/[[\].]/g, "")}: ${one.message}`)).join("; ");
}

function NotInitialized({ section }: { section: string }) {
  if (!isOneOf(sections, section)) return null;
  return <IfBlank section={section} />;
}

function IfBlank({ section }: { section: Section }) {
  const { data } = useQuery(initializedQuery(section));
  if (!data || data.initialized_at) return null;
  return (
    <Note>
      {t.settings.notInitialized(sectionName[section])}{" "}
      <Anchor component={Link} to={`/synchronization/${section}`} inherit underline="always">
        {t.settings.initialize}
      </Anchor>
    </Note>
  );
}
