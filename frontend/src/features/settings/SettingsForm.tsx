import { Group, MultiSelect, NumberInput, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/api/problem";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows } from "@/components/states";
import { hotelsQuery } from "@/features/records/records.api";
import { type Field, type SettingsSection, t } from "@/lib/texts";
import { settingsQuery, useSaveSettings, type Values } from "./settings.api";

export function SettingsForm({ section }: { section: SettingsSection }) {
  const settings = useQuery(settingsQuery);
  if (settings.isPending) return <Rows count={6} />;
  const stored = (settings.data as Record<string, Values> | undefined)?.[section.key];
  if (!stored) return <Failure error={settings.error} retry={() => settings.refetch()} />;
  const scheduled = Boolean((settings.data as { schedule?: { enabled?: boolean } }).schedule?.enabled);
  return <Form key={JSON.stringify(stored)} section={section} stored={stored} scheduled={scheduled} />;
}

function Form(props: { section: SettingsSection; stored: Values; scheduled: boolean }) {
  const { section, stored } = props;
  const [values, setValues] = useState<Values>(stored);
  const save = useSaveSettings(section.key);
  const problem = save.error instanceof Problem ? save.error : undefined;
  const fields = section.groups.flatMap((group) => group.fields);
  const dirty = fields.some((field) => JSON.stringify(values[field.name]) !== JSON.stringify(stored[field.name]));
  const automatic = fields.some((field) => field.name.startsWith("auto_"));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(values, { onSuccess: () => notifyDone(t.saved) });
      }}
    >
      <Stack gap="lg">
        {automatic && !props.scheduled ? <Note>{t.settings.scheduleOff}</Note> : null}
        {section.groups.map((group) => (
          <Panel key={group.title} title={group.title} note={group.note}>
            {group.fields.map((field) => (
              <Input
                key={field.name}
                field={field}
                value={values[field.name]}
                error={problem?.on(field.name)}
                change={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
              />
            ))}
          </Panel>
        ))}
        {save.error ? <Failure error={save.error} hide={fields.map((field) => field.name)} /> : null}
        <Group>
          <ActionButton needs="admin" type="submit" loading={save.isPending} disabled={!dirty}>
            {t.save}
          </ActionButton>
          {dirty ? (
            <Text size="sm" c="dimmed" role="status">
              {t.settings.unsaved}
            </Text>
          ) : null}
        </Group>
      </Stack>
    </form>
  );
}

type InputProps = { field: Field; value: unknown; error: string | undefined; change: (value: unknown) => void };

function Input({ field, value, error, change }: InputProps) {
  const common = { label: field.label, description: field.effect, error, maw: 640 };
  switch (field.kind) {
    case "switch":
      return <Switch {...common} checked={Boolean(value)} onChange={(event) => change(event.currentTarget.checked)} />;
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          min={field.min}
          allowDecimal={false}
          clampBehavior="none"
          suffix={field.unit ? ` ${field.unit}` : undefined}
          placeholder={field.nullable ? t.settings.empty : undefined}
          onChange={(next) => change(typeof next === "number" ? next : field.nullable ? null : next)}
        />
      );
    case "choice":
      return <Select {...common} data={field.choices} value={String(value ?? "")} allowDeselect={false} onChange={(next) => change(next)} />;
    case "tags":
      return <TagsInput {...common} value={(value as string[]) ?? []} onChange={change} placeholder={field.placeholder} />;
    case "hotels":
      return <Hotels {...common} value={(value as string[]) ?? []} change={change} />;
    case "date":
      return <TextInput {...common} type="date" value={String(value ?? "")} onChange={(event) => change(event.currentTarget.value || null)} />;
    case "time":
      return <TextInput {...common} type="time" value={String(value ?? "")} onChange={(event) => change(event.currentTarget.value || null)} />;
    case "amount":
      return (
        <TextInput
          {...common}
          inputMode="decimal"
          value={String(value ?? "")}
          placeholder={t.settings.empty}
          onChange={(event) => change(event.currentTarget.value || null)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          value={String(value ?? "")}
          placeholder={field.placeholder}
          onChange={(event) => change(event.currentTarget.value || (field.nullable ? null : ""))}
        />
      );
  }
}

function Hotels({ change, value, ...common }: { value: string[]; change: (value: unknown) => void; label: string; description: string; error: string | undefined; maw: number }) {
  const { data = [] } = useQuery(hotelsQuery);
  if (data.length === 0) return <TagsInput {...common} description={`${common.description} ${t.settings.hotelsMissing}`} value={value} onChange={change} />;
  return <MultiSelect {...common} data={data} value={value} onChange={change} searchable />;
}
