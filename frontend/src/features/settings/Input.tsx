import { Button, Checkbox, Group, MultiSelect, NumberInput, PasswordInput, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mappingQuery } from "@/features/mapping/mapping.api";
import { hotelsQuery } from "@/features/records/records.api";
import { profilesQuery } from "./settings.api";
import { type MappingKind, roles } from "@/lib/sections";
import { type Field, t } from "@/lib/texts";

type Props = { field: Field; value: unknown; error: string | undefined; change: (value: unknown) => void };

type Common = { label: string; description: string; error: string | undefined; maw: number };

/** one setting: its name, what it does, and the input that fits it */
export function Input({ field, value, error, change }: Props) {
  const common: Common = { label: field.label, description: field.effect, error, maw: 640 };
  const text = String(value ?? "");
  switch (field.kind) {
    case "switch":
      return <Switch {...common} aria-label={field.label} checked={Boolean(value)} onChange={(event) => change(event.currentTarget.checked)} />;
    case "number":
      return (
        <NumberInput
          {...common}
          styles={short}
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
      return <Select {...common} data={field.choices} value={text} allowDeselect={false} onChange={(next) => change(next)} />;
    case "tags":
      return <TagsInput {...common} value={list(value)} onChange={change} placeholder={field.placeholder} data={field.suggestions} />;
    case "several":
      return <Several {...common} choices={field.choices} value={list(value)} change={change} />;
    case "methods":
      return <Methods {...common} value={list(value)} change={change} placeholder={field.placeholder} />;
    case "hotels":
      return <Hotels {...common} value={list(value)} change={change} />;
    case "mapped":
      return <Mapped {...common} mapping={field.mapping} value={typeof value === "string" ? value : null} change={change} placeholder={field.placeholder} />;
    case "roles":
      return <Roles {...common} value={(value as Record<string, string>) ?? {}} change={change} />;
    case "secret":
      return (
        <PasswordInput
          {...common}
          value={text}
          autoComplete="new-password"
          placeholder={t.settings.secretKept}
          visibilityToggleButtonProps={{ "aria-label": t.show(field.label) }}
          onChange={(event) => change(event.currentTarget.value || undefined)}
        />
      );
    case "date":
      return <TextInput {...common} styles={short} type="date" value={text} onChange={(event) => change(event.currentTarget.value || null)} />;
    case "time":
      return <TextInput {...common} styles={short} type="time" value={text} onChange={(event) => change(event.currentTarget.value || null)} />;
    case "amount":
      return <TextInput {...common} styles={short} inputMode="decimal" value={text} placeholder={t.settings.empty} onChange={(event) => change(event.currentTarget.value || null)} />;
    default:
      return (
        <TextInput {...common} value={text} placeholder={field.placeholder} onChange={(event) => change(event.currentTarget.value || (field.nullable ? null : ""))} />
      );
  }
}

/** numbers, days and times are short; their explanation is not */
const short = { wrapper: { maxWidth: 240 } };

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

/** keeps a stored value that the list of choices does not know */
function known(choices: { value: string; label: string }[], values: string[]) {
  const missing = values.filter((value) => !choices.some((choice) => choice.value === value));
  return [...choices, ...missing.map((value) => ({ value, label: value }))];
}

/** several of a few, each with what it means */
function Several({ choices, value, change, ...common }: Common & { choices: { value: string; label: string; effect: string }[]; value: string[]; change: (value: unknown) => void }) {
  return (
    <Checkbox.Group {...common} value={value} onChange={change}>
      <Stack gap="xs" mt={8}>
        {choices.map((choice) => (
          <Checkbox key={choice.value} value={choice.value} label={choice.label} description={choice.effect} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Hotels({ change, value, ...common }: Common & { value: string[]; change: (value: unknown) => void }) {
  const { data = [] } = useQuery(hotelsQuery);
  if (data.length === 0) return <TagsInput {...common} description={`${common.description} ${t.settings.hotelsMissing}`} value={value} onChange={change} />;
  return <MultiSelect {...common} data={known(data, value)} value={value} onChange={change} searchable />;
}

function Methods({ change, ...common }: Common & { value: string[]; placeholder?: string; change: (value: unknown) => void }) {
  const { data } = useQuery(mappingQuery("payment-modes"));
  const methods = data?.items.filter((item) => !item.is_default).map((item) => item.source_id) ?? [];
  return <TagsInput {...common} data={[...new Set(methods)]} onChange={change} />;
}

function Mapped({ mapping, value, change, ...common }: Common & { mapping: MappingKind; value: string | null; placeholder?: string; change: (value: unknown) => void }) {
  const { data } = useQuery(mappingQuery(mapping));
  const choices = data?.choices.map((choice) => ({ value: choice.zoho_id, label: choice.zoho_name })) ?? [];
  if (choices.length === 0) {
    return (
      <TextInput {...common} description={`${common.description} ${t.settings.choicesMissing}`} value={value ?? ""} onChange={(event) => change(event.currentTarget.value || null)} />
    );
  }
  return (
    <Select
      {...common}
      data={known(choices, value ? [value] : [])}
      value={value}
      onChange={change}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `${common.label}: ${t.settings.notChosen}` }}
      nothingFoundMessage={t.mapping.searchNone}
    />
  );
}

/** QloApps' own, which always is an administrator */
const superAdmin = "1";

function Roles(props: Common & { value: Record<string, string>; change: (value: unknown) => void }) {
  const { data: profiles = [] } = useQuery(profilesQuery);
  const [id, setID] = useState("");
  const entries = Object.entries(props.value);
  const nameOf = (profile: string) => profiles.find((one) => one.id === profile)?.name || t.settings.profileOf(profile);
  const free = profiles.filter((one) => one.id !== superAdmin && !(one.id in props.value)).map((one) => ({ value: one.id, label: nameOf(one.id) }));
  const choices = roles.map((role) => ({ value: role, label: t.session.role[role] ?? role }));
  const take = (profile: string) => props.change({ ...props.value, [profile]: "viewer" });
  const add = () => {
    if (!/^\d+$/.test(id.trim())) return;
    take(id.trim());
    setID("");
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a stack in every browser
    <Stack gap="xs" role="group" aria-label={props.label} maw={props.maw}>
      <div>
        <Text size="sm" fw={550}>
          {props.label}
        </Text>
        <Text size="xs" c="dimmed">
          {profiles.length === 0 ? `${props.description} ${t.settings.profilesMissing}` : props.description}
        </Text>
      </div>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t.settings.noProfiles}
        </Text>
      ) : null}
      {entries.map(([profile, role]) => (
        <Group key={profile} gap="sm" align="flex-end">
          <TextInput label={t.settings.profile} value={nameOf(profile)} readOnly w={220} />
          <Select
            label={t.settings.role}
            aria-label={`${nameOf(profile)}: ${t.settings.role}`}
            data={choices}
            value={role}
            allowDeselect={false}
            onChange={(next) => props.change({ ...props.value, [profile]: next })}
            w={190}
          />
          <Button
            variant="subtle"
            leftSection={<IconX size={15} aria-hidden />}
            aria-label={t.settings.removeProfile(nameOf(profile))}
            onClick={() => props.change(Object.fromEntries(entries.filter(([key]) => key !== profile)))}
          >
            {t.settings.remove}
          </Button>
        </Group>
      ))}
      {profiles.length > 0 ? (
        <Select
          label={t.settings.anotherProfile}
          placeholder={free.length > 0 ? t.settings.chooseProfile : t.settings.noFurtherProfile}
          data={free}
          value={null}
          disabled={free.length === 0}
          error={Boolean(props.error)}
          onChange={(profile) => profile && take(profile)}
          maw={320}
        />
      ) : (
        <Group gap="sm" align="flex-end">
          <TextInput
            label={t.settings.newProfile}
            inputMode="numeric"
            value={id}
            error={Boolean(props.error)}
            onChange={(event) => setID(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault(); // adds the profile instead of sending the form
              add();
            }}
            w={160}
          />
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            {t.settings.addProfile}
          </Button>
        </Group>
      )}
      {props.error ? (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {props.error}
        </Text>
      ) : null}
    </Stack>
  );
}
