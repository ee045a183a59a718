import { Checkbox, Group, Select, Text, Title } from "@mantine/core";
import { useIsMutating, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Versioned } from "@/api/client";
import type { MappingItem, MappingPage } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { meanwhileOf } from "@/components/Changed";
import { FormAnswer } from "@/components/FormAnswer";
import { notifyDone, notifyProblem, told } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows } from "@/components/states";
import { connectionQuery } from "@/features/connection/connection.api";
import { mappingQuery, useRefreshMapping } from "@/features/mapping/mapping.api";
import { matchingQuery } from "@/features/records/records.api";
import { activeRunsQuery } from "@/features/runs/runs.api";
import { settingsQuery } from "@/features/settings/settings.api";
import { type MappingKind, mappingKinds } from "@/lib/sections";
import { t } from "@/lib/texts";
import classes from "./Start.module.css";
import { AtWork } from "./SetUpStep";
import { type Choices, preparing, renewed, useSaveChoices } from "./start.api";

/** without these a document waits; the others may stay empty */
const needed: readonly MappingKind[] = ["taxes", "deposit-accounts", "payment-modes", "accounts"];

/** what Zoho Books itself takes where nothing is said: offered for everything else, saved by a person */
const usual: Partial<Record<MappingKind, RegExp>> = { accounts: /^sales$/i, "payment-modes": /^others?$/i };

function usualDefault({ kind, page, fallback }: Open): Record<string, string> {
  const fit = page.choices.find((choice) => usual[kind]?.test(choice.zoho_name.trim()));
  return fallback && !fallback.zoho_id && fit ? { [fallback.source_id]: fit.zoho_id } : {};
}

/** what fits by name or by rate */
function suggested({ rows }: Open): Record<string, string | null> {
  const exact = rows.filter((row) => row.suggested_zoho_id && row.confidence === "exact");
  return Object.fromEntries(exact.map((row) => [row.source_id, row.suggested_zoho_id]));
}

type Open = { kind: MappingKind; page: MappingPage & Versioned; rows: MappingItem[]; fallback: MappingItem | undefined };

/** what has neither a choice nor a default, of every kind, on one page */
export function openRows(kind: MappingKind, page: MappingPage): MappingItem[] {
  const fallback = page.items.find((item) => item.is_default);
  if (fallback?.zoho_id) return [];
  return page.items.filter((item) => !item.is_default && !item.zoho_id && item.source_id !== "0" && (needed.includes(kind) || item.suggested_zoho_id));
}

/** hotels as tags or locations are chosen on the Mapping page, where they are needed */
const stepKinds = mappingKinds.filter((kind) => kind !== "tags" && kind !== "locations");

/** while Zoho Books is prepared its tables come one after the other, and rows would move under the pointer */
export function MapStep({ done }: { done: () => void }) {
  const client = useQueryClient();
  const { data: active } = useQuery(activeRunsQuery);
  const asked = useIsMutating({ mutationKey: preparing }) > 0;
  const run = active?.find((one) => one.kind === "setup");
  const atWork = asked || run !== undefined;
  const [read, setRead] = useState(!atWork);
  useEffect(() => {
    if (atWork) setRead(false);
    else if (!read) client.refetchQueries({ queryKey: ["mappings"] }).finally(() => setRead(true));
  }, [atWork, read, client]);
  if (!atWork && read) return <Tables done={done} />;
  return (
    <Panel title={t.start.name.map ?? ""} note={t.start.what.map}>
      {atWork ? <AtWork run={run} /> : <Rows count={6} />}
    </Panel>
  );
}

function Tables({ done }: { done: () => void }) {
  const client = useQueryClient();
  const pages = useQueries({ queries: stepKinds.map((kind) => mappingQuery(kind)) });
  const { data: connection } = useQuery(connectionQuery);
  const [chosen, setChosen] = useState<Choices>({});
  const [currencies, setCurrencies] = useState<boolean | undefined>();
  const foreign = useForeign(connection?.base_currency ?? null);
  const save = useSaveChoices();
  const refresh = useRefreshMapping("taxes");
  const unread = pages.some((page) => page.data && !page.data.refreshed_at);
  const open = useMemo<Open[]>(
    () =>
      stepKinds.flatMap((kind, at) => {
        const page = pages[at]?.data;
        if (!page) return [];
        const fallback = page.items.find((item) => item.is_default);
        const rows = openRows(kind, page);
        const wantsDefault = kind === "accounts" && fallback && !fallback.zoho_id && page.choices.length > 0;
        return rows.length > 0 || wantsDefault ? [{ kind, page, rows, fallback }] : [];
      }),
    [pages],
  );
  // what fits by name or by rate is chosen at first, and what is usual for the rest; a person may change each
  useEffect(() => {
    setChosen((old) => {
      const fresh = open.filter((one) => !old[one.kind] && one.page.choices.length > 0);
      if (fresh.length === 0) return old;
      return { ...old, ...Object.fromEntries(fresh.map((one) => [one.kind, { from: one.page, rows: { ...usualDefault(one), ...suggested(one) } }])) };
    });
  }, [open]);

  if (pages.some((page) => page.isPending)) return <Rows count={6} />;
  const failed = pages.find((page) => page.isError && !page.data);
  if (failed) return <Failure error={failed.error} retry={() => failed.refetch()} />;

  const set = ({ kind, page }: Open, row: string, id: string | null) => setChosen((old) => ({ ...old, [kind]: { from: old[kind]?.from ?? page, rows: { ...old[kind]?.rows, [row]: id } } }));
  const count = Object.values(chosen).reduce((n, one) => n + Object.keys(one.rows).length, 0) + (currencies && foreign ? 1 : 0);
  const send = async (choices = chosen) => {
    try {
      await save.mutateAsync({ choices, currencies: Boolean(currencies && foreign) });
      setChosen({});
      notifyDone(t.saved);
      return true;
    } catch (error) {
      if (!meanwhileOf(error)) notifyProblem(error);
      return false;
    }
  };
  const theirs = async () => {
    setChosen(await renewed(client, chosen, false));
    save.reset();
  };
  const mine = async () => (await send(await renewed(client, chosen, true))) && done();
  const ordered = [...open].sort((a, b) => Number(needed.includes(b.kind)) - Number(needed.includes(a.kind)));
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        if (await send()) done();
      }}
    >
      <Panel title={t.start.name.map ?? ""} note={t.start.what.map}>
        {unread ? (
          <Group gap="sm">
            <Note>{t.mapping.never}</Note>
            <ActionButton needs="accountant" variant="default" loading={refresh.isPending} onClick={() => told(refresh.mutateAsync(undefined), () => client.invalidateQueries({ queryKey: ["mappings"] }))}>
              {t.start.map.read}
            </ActionButton>
          </Group>
        ) : null}
        {open.length === 0 && !foreign ? <Text>{t.start.map.none}</Text> : null}
        {ordered.map((one) => (
          <Kind key={one.kind} open={one} chosen={chosen[one.kind]?.rows ?? {}} set={(row, id) => set(one, row, id)} />
        ))}
        {foreign ? (
          <section>
            <Title order={3} mb={6}>
              {t.start.map.currencies(foreign.list, foreign.count)}
            </Title>
            <Checkbox label={t.start.map.currenciesYes} checked={currencies ?? false} onChange={(event) => setCurrencies(event.currentTarget.checked)} />
          </section>
        ) : null}
        <FormAnswer error={save.error} theirs={theirs} mine={mine} />
        <Group>
          <ActionButton needs="accountant" type="submit" loading={save.isPending}>
            {count > 0 ? t.start.map.save : t.start.goOn}
          </ActionButton>
        </Group>
      </Panel>
    </form>
  );
}

function Kind({ open, chosen, set }: { open: Open; chosen: Record<string, string | null>; set: (row: string, id: string | null) => void }) {
  const { kind, page, rows, fallback } = open;
  const data = page.choices.map((choice) => ({ value: choice.zoho_id, label: choice.detail ? `${choice.zoho_name} (${choice.detail})` : choice.zoho_name }));
  const settled = fallback ? Boolean(chosen[fallback.source_id]) : false;
  const line = (item: MappingItem) => (
    <div className={classes.row} key={item.source_id} data-default={item.is_default || undefined}>
      <span>
        <Text span fw={550}>
          {item.is_default ? t.start.map.everything : item.source_name}
        </Text>
        <Text size="xs" c="dimmed" display="block">
          {item.is_default ? t.start.map.everythingHint : item.used_by > 0 ? t.mapping.uses(item.used_by) : ""}
        </Text>
      </span>
      <Select
        aria-label={`${item.is_default ? t.start.map.everything : item.source_name}: ${t.start.map.place}`}
        data={data}
        value={chosen[item.source_id] ?? null}
        onChange={(id) => set(item.source_id, id)}
        searchable
        clearable={chosen[item.source_id] !== null && chosen[item.source_id] !== undefined}
        clearButtonProps={{ "aria-label": t.none }}
        nothingFoundMessage={t.mapping.searchNone}
        placeholder={settled && !item.is_default ? t.mapping.usesDefault : t.mapping.choose}
      />
    </div>
  );
  return (
    <section aria-label={t.start.map.kinds[kind]}>
      <Title order={3} mb={8}>
        {t.start.map.kinds[kind]}
        {needed.includes(kind) ? null : (
          <Text span size="sm" c="dimmed" fw={400}>
            {" "}
            · {t.start.map.optional}
          </Text>
        )}
      </Title>
      <div className={classes.rows}>
        {fallback ? line(fallback) : null}
        {rows.map(line)}
      </div>
    </section>
  );
}

/** the orders that are in another currency than Zoho's, while those are not posted */
function useForeign(base: string | null): { list: string; count: number } | null {
  const { data: settings } = useQuery(settingsQuery);
  const { data: page } = useQuery(matchingQuery("orders", {}));
  if (!base || !settings || settings.currencies?.multi_currency) return null;
  const phases = Object.values(page?.matching?.phase ?? {});
  const list = [...new Set(phases.flatMap((phase) => phase.amounts.map((sum) => sum.currency)))].filter((one) => one && one !== base);
  if (list.length === 0) return null;
  const count = phases.flatMap((phase) => phase.amounts).reduce((n, sum) => n + (list.includes(sum.currency) ? sum.count : 0), 0);
  return { list: list.join(", "), count };
}
