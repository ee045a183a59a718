import { Anchor, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { Problem } from "@/api/problem";
import { FormAnswer } from "@/components/FormAnswer";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows, Stale } from "@/components/states";
import { SaveBar } from "@/components/Unsaved";
import { initializedQuery } from "@/features/records/records.api";
import { changedFields, useDraft } from "@/lib/draft";
import { isOneOf, type Section, sections } from "@/lib/sections";
import { type Field, sectionName, type SettingsSection, t } from "@/lib/texts";
import { conflicts } from "./conflicts";
import { Input } from "./Input";
import { NamePreview } from "./NamePreview";
import { PortalRun } from "./PortalRun";
import { SettingValue } from "./SettingValue";
import { sectionQuery, settingsQuery, useSaveSettings, type Values } from "./settings.api";

type All = Record<string, Values | undefined>;

export function SettingsForm({ section }: { section: SettingsSection }) {
  const settings = useQuery(settingsQuery);
  const own = useQuery(sectionQuery(section.key));
  const [portal, setPortal] = useState(false);
  if (settings.isPending || own.isPending) return <Rows count={6} />;
  const all = settings.data as All | undefined;
  const stored = own.data?.values ?? all?.[section.key];
  if (!all || !stored) return <Failure error={own.error ?? settings.error} retry={() => (own.refetch(), settings.refetch())} />;
  const saved = (values: Values) => {
    notifyDone(t.saved);
    setPortal(section.key === "customers" && Boolean(values.customer_portal) && !stored.customer_portal);
  };
  return (
    <Stack gap="lg">
      {settings.isError || own.isError ? <Stale retry={() => (own.refetch(), settings.refetch())} /> : null}
      {portal ? <PortalRun close={() => setPortal(false)} /> : null}
      <Form section={section} stored={stored} version={own.data?.version ?? null} all={all} saved={saved} />
    </Stack>
  );
}

function Form(props: { section: SettingsSection; stored: Values; version: string | null; all: All; saved: (values: Values) => void }) {
  const { section, stored, all } = props;
  const client = useQueryClient();
  const draft = useDraft<Values>(`settings.${section.key}`, stored, props.version);
  const { values } = draft;
  const save = useSaveSettings(section.key);
  const problem = save.error instanceof Problem ? save.error : undefined;
  const fields = section.groups.flatMap((group) => group.fields);
  const automatic = fields.some((field) => field.name.startsWith("auto_"));
  const notes = conflicts(section.key, values, all);
  const hidden = problem?.fields.filter((one) => fields.some((field) => belongs(one.field, field.name))).map((one) => one.field) ?? [];

  const send = async (body: Values, version: string | null) => {
    try {
      await save.mutateAsync({ values: body, version });
      draft.discard();
      props.saved(body);
      return true;
    } catch {
      return false; // it is shown at the form
    }
  };
  /** only from what stood when the first change was made */
  const sendDraft = () => send(values, draft.from.version);
  /** what stands now, with what was entered here in front or behind it */
  const merge = async (mine: boolean) => {
    const before = draft.from.values;
    const entered = Object.fromEntries(draft.changed.map((name) => [name, values[name]]));
    const now = await client.fetchQuery({ ...sectionQuery(section.key), staleTime: 0 });
    save.reset();
    if (mine) return send({ ...now.values, ...entered }, now.version);
    const theirs = changedFields(now.values, before);
    draft.restart(Object.fromEntries(Object.entries(entered).filter(([name]) => !theirs.includes(name))), now);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        sendDraft();
      }}
    >
      <Stack gap="lg">
        {draft.restored ? <Note>{t.unsaved.restored}</Note> : null}
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
              <Fragment key={field.name}>
                <Input field={field} value={values[field.name]} error={messages(problem, field, save.variables?.values)} change={(value) => draft.set({ [field.name]: value })} />
                {field.name === "name_pattern" && draft.changed.includes(field.name) ? <NamePreview pattern={String(values.name_pattern)} /> : null}
              </Fragment>
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
        <FormAnswer
          error={save.error}
          title={hidden.length > 0 ? t.settings.wrong : undefined}
          hide={hidden}
          label={(name) => fields.find((field) => field.name === name)?.label ?? name}
          word={(name, value) => <SettingValue field={fields.find((field) => field.name === name)} value={value} />}
          theirs={() => merge(false)}
          mine={() => merge(true)}
        />
        <SaveBar count={draft.changed.length} needs="admin" saving={save.isPending} save={sendDraft} discard={draft.discard} />
      </Stack>
    </form>
  );
}

/** `ignored_hotels[0]` and `profile_roles.4` belong to the input of the whole list */
function belongs(named: string, field: string): boolean {
  return named === field || named.startsWith(`${field}[`) || named.startsWith(`${field}.`);
}

/** what is wrong with a field as it was sent; a wrong entry of a list is named by itself */
function messages(problem: Problem | undefined, field: Field, sent: Values | undefined): string | undefined {
  const found = problem?.fields.filter((one) => belongs(one.field, field.name)) ?? [];
  if (found.length === 0) return undefined;
  return found.map((one) => (one.field === field.name ? one.message : `«${entryOf(field, one.field.slice(field.name.length).replace(/[[\].]/g, ""), sent)}» ${one.message}`)).join("; ");
}

/** an entry as the form shows it: of a list by its place, of a table by its key */
function entryOf(field: Field, key: string, sent: Values | undefined): string {
  const all = sent?.[field.name];
  const entry = Array.isArray(all) ? String(all[Number(key)] ?? key) : key;
  const choices = "choices" in field ? field.choices : [];
  return shorten(choices.find((choice) => choice.value === entry)?.label ?? entry);
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

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
