import { Anchor, Badge, Button, Group, Select, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { MappingFormer, MappingItem, MappingPage as Mapping } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Changed, meanwhileOf } from "@/components/Changed";
import { LinkTabs } from "@/components/LinkTabs";
import { notifyDone, notifyProblem } from "@/components/notify";
import { Page } from "@/components/Page";
import { Empty, Failure, Note, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { type MappingKind, mappingKinds } from "@/lib/sections";
import { mappingIntro, mappingName, t } from "@/lib/texts";
import classes from "./MappingPage.module.css";
import { type Changes, mappingQuery, useRefreshMapping, useSaveMapping, useSendAgain } from "./mapping.api";

export function MappingPage({ kind, row }: { kind: MappingKind; row?: string }) {
  const mapping = useQuery(mappingQuery(kind));
  const refresh = useRefreshMapping(kind);
  const refreshAll = useRefreshMapping();
  return (
    <Page
      title={t.mapping.title}
      intro={mappingIntro[kind]}
      actions={
        <>
          {mapping.data?.refreshed_at ? (
            <Text size="sm" c="dimmed">
              {t.mapping.refreshedAt} <When at={mapping.data.refreshed_at} />
            </Text>
          ) : null}
          <ActionButton needs="accountant" variant="default" loading={refresh.isPending} onClick={() => refresh.mutate(undefined, { onError: notifyProblem })}>
            {t.mapping.refresh}
          </ActionButton>
          <ActionButton needs="accountant" variant="default" loading={refreshAll.isPending} onClick={() => refreshAll.mutate(undefined, { onError: notifyProblem })}>
            {t.mapping.refreshAll}
          </ActionButton>
        </>
      }
    >
      <LinkTabs
        label={t.mapping.kinds}
        current={kind}
        tabs={mappingKinds.map((key) => ({ key, label: mappingName[key], link: { to: `/mapping/${key}` } }))}
      />
      {mapping.isPending ? <Rows /> : null}
      {mapping.isError && !mapping.data ? <Failure error={mapping.error} retry={() => mapping.refetch()} /> : null}
      {mapping.isError && mapping.data ? <Stale retry={() => mapping.refetch()} /> : null}
      {mapping.data ? <MappingTable key={mapping.data.refreshed_at ?? "never"} kind={kind} page={mapping.data} row={row} /> : null}
    </Page>
  );
}

const needed: MappingKind[] = ["taxes", "deposit-accounts", "payment-modes", "accounts"];

function MappingTable({ kind, page, row }: { kind: MappingKind; page: Mapping & { version?: string | null }; row?: string }) {
  const [changes, setChanges] = useState<Changes>({});
  const save = useSaveMapping(kind);
  const client = useQueryClient();
  const meanwhile = meanwhileOf(save.error);
  if (page.items.length === 0) {
    return <Empty title={page.refreshed_at ? t.mapping.none : t.mapping.never}>{t.mapping.noneHint}</Empty>;
  }
  const chosen = (item: MappingItem) => (item.source_id in changes ? (changes[item.source_id] ?? null) : item.zoho_id);
  const fallback = page.items.find((item) => item.is_default);
  const hasDefault = fallback ? Boolean(chosen(fallback)) : false;
  const missing = page.items.filter((item) => !item.is_default && item.source_id !== "0" && !chosen(item) && !hasDefault && needed.includes(kind));
  const exact = page.items.filter((item) => !chosen(item) && item.suggested_zoho_id && item.confidence === "exact");
  const rows = [...page.items].sort((a, b) => Number(missing.includes(b)) - Number(missing.includes(a)));
  const set = (item: MappingItem, id: string | null) =>
    setChanges((old) => {
      const { [item.source_id]: _, ...rest } = old;
      return id === item.zoho_id ? rest : { ...rest, [item.source_id]: id };
    });
  const count = Object.keys(changes).length;
  const send = (over = false) =>
    save.mutate(
      { changes, version: over ? null : page.version },
      {
        onSuccess: () => {
          setChanges({});
          notifyDone(t.saved);
        },
      },
    );
  /** what the other one chose stands; rows that only this person changed stay entered */
  const theirs = async () => {
    const changed = meanwhile?.changes.map((change) => change.field) ?? [];
    const fresh = await client.fetchQuery({ ...mappingQuery(kind), staleTime: 0 });
    const names = new Map(fresh.items.map((item) => [item.source_id, item.source_name]));
    setChanges((old) => Object.fromEntries(Object.entries(old).filter(([id]) => !changed.includes(names.get(id) ?? id))));
    save.reset();
  };
  const acceptAll = () => {
    for (const item of exact) set(item, item.suggested_zoho_id);
  };
  return (
    <>
      <Group justify="space-between" gap="sm">
        <div role="status">
          {needed.includes(kind) ? (
            <Note>{missing.length > 0 ? `${t.mapping.missing(missing.length)} ${t.mapping.missingHint}` : t.mapping.complete}</Note>
          ) : null}
        </div>
        {exact.length > 0 ? (
          <ActionButton needs="accountant" variant="default" onClick={acceptAll}>
            {t.mapping.acceptAll(exact.length)}
          </ActionButton>
        ) : null}
      </Group>
      <div className="q-panel">
        <Table className={classes.table} verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.mapping.source}</Table.Th>
              <Table.Th className="q-num">{t.mapping.usedBy}</Table.Th>
              <Table.Th>{t.mapping.target}</Table.Th>
              <Table.Th>{t.mapping.suggestion}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((item) => (
              <Row key={item.source_id} item={item} page={page} chosen={chosen(item)} changed={item.source_id in changes} sought={item.source_id === row} hasDefault={hasDefault} set={(id) => set(item, id)} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Former kind={kind} former={page.former ?? []} />
      {meanwhile ? <Changed meanwhile={meanwhile} theirs={theirs} mine={() => send(true)} /> : null}
      {save.error && !meanwhile ? <Failure error={save.error} /> : null}
      <Group>
        <ActionButton
          needs="accountant"
          disabled={count === 0}
          loading={save.isPending}
          onClick={() => send()}
        >
          {t.mapping.save(count)}
        </ActionButton>
        {count > 0 ? (
          <Button variant="default" onClick={() => setChanges({})}>
            {t.discard}
          </Button>
        ) : null}
      </Group>
    </>
  );
}

/** What stands in Zoho Books under choices that no row has any more; another choice changes nothing of it. */
function Former({ kind, former }: { kind: MappingKind; former: MappingFormer[] }) {
  const again = useSendAgain(kind);
  return (
    <>
      {former.map((f) => (
        <Group key={`${f.source_id} ${f.zoho_id}`} gap="sm">
          <Note>{t.mapping.former(f.documents, f.zoho_name, f.source_name)}</Note>
          {f.may_be_sent > 0 ? (
            <ActionButton needs="accountant" variant="default" size="compact-sm" loading={again.isPending} onClick={() => again.mutate(f, { onError: notifyProblem })}>
              {t.mapping.sendAgain(f.may_be_sent)}
            </ActionButton>
          ) : null}
        </Group>
      ))}
    </>
  );
}

type RowProps = { item: MappingItem; page: Mapping; chosen: string | null; changed: boolean; sought: boolean; hasDefault: boolean; set: (id: string | null) => void };

function Row({ item, page, chosen, changed, sought, hasDefault, set }: RowProps) {
  const place = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (sought) place.current?.scrollIntoView?.({ block: "center" });
  }, [sought]);
  const choices = page.choices.map((c) => ({ value: c.zoho_id, label: c.detail ? `${c.zoho_name} (${c.detail})` : c.zoho_name }));
  const suggested = page.choices.find((c) => c.zoho_id === item.suggested_zoho_id);
  return (
    <Table.Tr ref={place} aria-current={sought ? "true" : undefined} data-sought={sought || undefined}>
      <Table.Td data-label={t.mapping.source}>
        <Text inherit fw={550}>
          {item.source_name}
        </Text>
        {item.source_name !== item.source_id && !item.is_default ? (
          <Text size="xs" c="dimmed">
            {item.source_id}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td className="q-num" data-label={t.mapping.usedBy}>
        {item.is_default ? "" : item.used_by > 0 ? t.mapping.uses(item.used_by) : t.mapping.unused}
        {item.waiting > 0 ? (
          <Anchor component={Link} to="/synchronization/orders" search={{ issue: "mapping_missing" } as never} size="xs" display="block" underline="always">
            {t.mapping.waits(item.waiting)}
          </Anchor>
        ) : null}
      </Table.Td>
      <Table.Td data-label={t.mapping.target}>
        <Select
          aria-label={`${item.source_name}: ${t.mapping.target}`}
          data={choices}
          value={chosen}
          onChange={set}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t.none }}
          nothingFoundMessage={t.mapping.searchNone}
          placeholder={hasDefault && !item.is_default ? t.mapping.usesDefault : t.mapping.choose}
          miw={220}
        />
        {changed ? (
          <Text size="xs" c="dimmed" mt={2}>
            {t.mapping.changed}
          </Text>
        ) : null}
      </Table.Td>
      <Table.Td data-label={t.mapping.suggestion}>
        {suggested && !chosen ? (
          <Group gap="xs">
            <Badge variant="default" tt="none">
              {item.confidence === "exact" ? t.mapping.exact : t.mapping.similar}
            </Badge>
            <ActionButton needs="accountant" variant="default" size="compact-sm" onClick={() => set(suggested.zoho_id)}>
              {t.mapping.accept(suggested.zoho_name)}
            </ActionButton>
          </Group>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
}
