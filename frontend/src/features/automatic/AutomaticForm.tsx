import { Anchor, Checkbox, Radio, Stack, Table, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { FormAnswer } from "@/components/FormAnswer";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows } from "@/components/states";
import { SaveBar } from "@/components/Unsaved";
import { putSection, sectionQuery, settingsQuery, type Values } from "@/features/settings/settings.api";
import startClasses from "@/features/start/Start.module.css";
import { useDraft } from "@/lib/draft";
import type { Section } from "@/lib/sections";
import { sectionName, t } from "@/lib/texts";
import { masterSwitches, masters, orderSwitches, type Preset, presetOf, presets, sentenceOf, type Switches, switchesOf } from "./automatic";
import classes from "./Automatic.module.css";

const sections = [...masters.map(([section]) => section), "orders", "schedule"];

/** the switches of all sections as one flat form: "customers.auto_update" */
function flat(all: Switches): Values {
  const values: Values = { "orders.export_from_date": all.orders?.export_from_date ?? null };
  values["schedule.enabled"] = Boolean(all.schedule?.enabled);
  for (const [section] of masters) for (const name of masterSwitches) values[`${section}.${name}`] = Boolean(all[section]?.[name]);
  for (const name of orderSwitches) values[`orders.${name}`] = Boolean(all.orders?.[name]);
  return values;
}

function merged(all: Switches, values: Values): Switches {
  const next: Switches = { ...all };
  for (const [key, value] of Object.entries(values)) {
    const [section = "", name = ""] = key.split(".");
    next[section] = { ...next[section], [name]: value };
  }
  return next;
}

/** everything that may go on by itself, with one Save. compact: as a step of the way in */
export function AutomaticForm({ compact }: { compact?: boolean }) {
  const settings = useQuery(settingsQuery);
  const own = useQueries({ queries: sections.map((section) => sectionQuery(section)) });
  if (settings.isPending || own.some((one) => one.isPending)) return <Rows count={8} />;
  if (!settings.data) return <Failure error={settings.error} retry={() => settings.refetch()} />;
  const all = { ...(settings.data as unknown as Switches) };
  const versions: Versions = {};
  sections.forEach((section, at) => {
    const one = own[at]?.data;
    if (one) all[section] = one.values as Switches[string];
    versions[section] = one?.version ?? null;
  });
  return <Form all={all} versions={versions} compact={compact} />;
}

type Versions = Record<string, string | null>;

function Form({ all, versions, compact }: { all: Switches; versions: Versions; compact?: boolean }) {
  const client = useQueryClient();
  const draft = useDraft<Values, Versions>("automatic", flat(all), versions);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState("");
  const now = merged(all, draft.values);
  const preset = presetOf(now);
  const salesOrders = all.orders?.create_sales_orders !== false;

  const entered = () => Object.fromEntries(draft.changed.map((key) => [key, draft.values[key]]));
  const fresh = async () => {
    const list = await Promise.all(sections.map((section) => client.fetchQuery({ ...sectionQuery(section), staleTime: 0 })));
    const stands: Switches = { ...all };
    const tags: Versions = {};
    sections.forEach((section, at) => {
      stands[section] = list[at]?.values as Switches[string];
      tags[section] = list[at]?.version ?? null;
    });
    return { stands, tags };
  };

  /** each section from the version that stood at the first change; over: this person's words on what stands now */
  const send = async (over = false) => {
    setSaving(true);
    setError(null);
    let { values: before, version: tags } = draft.from;
    const mine = entered();
    try {
      const stands = over ? await fresh() : { stands: all, tags };
      tags = stands.tags;
      for (const section of sections) {
        const touched = Object.keys(mine).filter((key) => key.startsWith(`${section}.`));
        // a first choice of the schedule is kept even when it is the one that stands: it says "by hand"
        if (touched.length === 0 && !(compact && section === "schedule")) continue;
        setRefused(section);
        const own = Object.fromEntries(touched.map((key) => [key.slice(section.length + 1), mine[key]]));
        const saved = await putSection(section, { ...stands.stands[section], ...own }, tags[section] ?? null);
        client.setQueryData(sectionQuery(section).queryKey, saved);
        // a later section may be refused: this one is then no change any more, and has its new version
        tags = { ...tags, [section]: saved.version };
        before = { ...before, ...Object.fromEntries(touched.map((key) => [key, mine[key]])) };
        for (const key of touched) delete mine[key];
      }
      draft.discard();
      notifyDone(t.saved);
      return true;
    } catch (problem) {
      draft.restart(mine, { values: before, version: tags });
      setError(asProblem(problem));
      return false;
    } finally {
      setSaving(false);
      for (const key of ["settings", "schedule", "overview"]) client.invalidateQueries({ queryKey: [key] });
    }
  };
  /** what the other one changed stands, the other changes stay entered */
  const theirs = async () => {
    const before = draft.from.values;
    const mine = entered();
    const { stands, tags } = await fresh();
    const now = flat(stands);
    draft.restart(Object.fromEntries(Object.entries(mine).filter(([key]) => now[key] === before[key])), { values: now, version: tags });
    setError(null);
  };
  const choose = (next: Preset) => {
    const values: Values = {};
    for (const [section, names] of Object.entries(switchesOf(next, salesOrders))) {
      // by hand leaves the other switches as they are: they say what begins once the schedule is on
      if (next === "by_hand" && section !== "schedule") continue;
      for (const [name, on] of Object.entries(names)) values[`${section}.${name}`] = on;
    }
    draft.set(values);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        {draft.restored ? <Note>{t.unsaved.restored}</Note> : null}
        <Panel title={compact ? t.start.on.preset : t.automatic.preset}>
          <Radio.Group value={preset} onChange={(value) => choose(value as Preset)} aria-label={t.automatic.preset}>
            <div className={startClasses.presets}>
              {[...presets, ...(preset === "own" ? (["own"] as const) : [])].map((key) => (
                <Radio.Card key={key} value={key} p="md" radius="md" className={classes.card} data-chosen={key === preset || undefined}>
                  <Text fw={620}>{t.automatic.presets[key]?.[0]}</Text>
                  <Text size="sm" c="dimmed">
                    {t.automatic.presets[key]?.[1]}
                  </Text>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <Text role="status" fw={550}>
            {sentenceOf(now)}
          </Text>
          <TextInput
            type="date"
            label={t.start.on.fromLabel}
            description={t.start.on.from}
            value={String(draft.values["orders.export_from_date"] ?? "")}
            onChange={(event) => draft.set({ "orders.export_from_date": event.currentTarget.value || null })}
            maw={280}
          />
        </Panel>
        {compact ? null : <SwitchTable draft={draft} />}
        <FormAnswer
          error={error}
          label={(name) => (name in t.automatic.columns ? t.automatic.switchOf(sectionName[refused.replaceAll("_", "-") as Section] ?? refused, t.automatic.fieldOf(name)) : t.automatic.fieldOf(name))}
          theirs={theirs}
          mine={() => send(true)}
        />
        <SaveBar count={draft.changed.length} asIs={compact} needs="admin" saving={saving} save={() => send()} discard={draft.discard} />
      </Stack>
    </form>
  );
}

type Draft = ReturnType<typeof useDraft<Values, Versions>>;

function SwitchTable({ draft }: { draft: Draft }) {
  const box = (section: string, name: string, label: string, text?: string) => {
    const key = `${section}.${name}`;
    return <Checkbox aria-label={text ? undefined : label} label={text} checked={Boolean(draft.values[key])} onChange={(event) => draft.set({ [key]: event.currentTarget.checked })} />;
  };
  return (
    <Panel title={t.automatic.table}>
      <Checkbox label={t.schedule.on} checked={Boolean(draft.values["schedule.enabled"])} onChange={(event) => draft.set({ "schedule.enabled": event.currentTarget.checked })} />
      <div className={classes.scroll}>
        <Table verticalSpacing="sm" className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.automatic.kind}</Table.Th>
              {masterSwitches.map((name) => (
                <Table.Th key={name}>{t.automatic.columns[name]}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {masters.map(([section, shown]) => (
              <Table.Tr key={section}>
                <Table.Th scope="row">{sectionName[shown]}</Table.Th>
                {masterSwitches.map((name) => (
                  <Table.Td key={name}>{box(section, name, t.automatic.switchOf(sectionName[shown], t.automatic.columns[name] ?? name))}</Table.Td>
                ))}
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Th scope="row">{sectionName.orders}</Table.Th>
              <Table.Td colSpan={3}>
                <div className={classes.orders}>
                  {orderSwitches.map((name) => (
                    <div key={name}>{box("orders", name, name, t.automatic.orderSwitches[name])}</div>
                  ))}
                </div>
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </div>
      <VisuallyHidden>{t.automatic.intro}</VisuallyHidden>
      <Anchor component={Link} to="/configuration/schedule" size="sm" underline="always">
        {t.automatic.more}
      </Anchor>
    </Panel>
  );
}
