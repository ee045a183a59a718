import { Anchor, Badge, Group, Select, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Versioned } from "@/api/client";
import { Problem } from "@/api/problem";
import type { MappingFormer, MappingItem, MappingPage as Mapping } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { FormAnswer } from "@/components/FormAnswer";
import { LinkTabs } from "@/components/LinkTabs";
import { notifyDone, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { Empty, Failure, Note, Rows, Stale } from "@/components/states";
import { SaveBar } from "@/components/Unsaved";
import { When } from "@/components/When";
import { settingsQuery } from "@/features/settings/settings.api";
import { changedFields, useDraft } from "@/lib/draft";
import { type MappingKind, mappingKinds } from "@/lib/sections";
import { mappingIntro, mappingName, t } from "@/lib/texts";
import classes from "./MappingPage.module.css";
import { type Changes, mappingQuery, useRefreshMapping, useSaveMapping, useSendAgain } from "./mapping.api";

export function MappingPage({ kind, row }: { kind: MappingKind; row?: string }) {
  const mapping = useQuery(mappingQuery(kind));
  const refresh = useRefreshMapping(kind);
  const refreshAll = useRefreshMapping();
  const target = useQuery(settingsQuery).data?.hotels?.target;
  // hotels are tags or locations only where the settings say so; a demanded tag leads here from its issue
  const kinds = mappingKinds.filter((one) => one === kind || (one !== "tags" && one !== "locations") || one === `${target}s`);
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
          <ActionButton needs="accountant" variant="default" loading={refresh.isPending} onClick={() => told(refresh.mutateAsync(undefined))}>
            {t.mapping.refresh}
          </ActionButton>
          <ActionButton needs="accountant" variant="default" loading={refreshAll.isPending} onClick={() => told(refreshAll.mutateAsync(undefined))}>
            {t.mapping.refreshAll}
          </ActionButton>
        </>
      }
    >
      <LinkTabs
        label={t.mapping.kinds}
        current={kind}
        tabs={kinds.map((key) => ({ key, label: mappingName[key], link: { to: `/mapping/${key}` } }))}
      />
      {mapping.isPending ? <Rows /> : null}
      {mapping.isError && !mapping.data ? <Failure error={mapping.error} retry={() => mapping.refetch()} /> : null}
      {mapping.isError && mapping.data ? <Stale retry={() => mapping.refetch()} /> : null}
      {mapping.data ? <MappingTable key={kind} kind={kind} page={mapping.data} row={row} /> : null}
    </Page>
  );
}

/** what is chosen of each row */
const chosenOn = (page: Mapping): Changes => Object.fromEntries(page.items.map((item) => [item.source_id, item.zoho_id]));

/** how many documents wait for a choice of this kind */
const waitingOn = (page: Mapping) => page.items.reduce((n, item) => n + item.waiting, 0);

const needed: MappingKind[] = ["taxes", "deposit-accounts", "payment-modes", "accounts"];

/** what goes to Zoho Books as it is when nothing is chosen */
const free = (kind: MappingKind, item: MappingItem) => (kind === "taxes" && item.source_id === "0" ? t.mapping.withoutTax : kind === "items" ? t.mapping.byName : null);

function MappingTable({ kind, page, row }: { kind: MappingKind; page: Mapping & Versioned; row?: string }) {
  const draft = useDraft<Changes>(`mapping.${kind}`, chosenOn(page), page.version);
  const save = useSaveMapping(kind);
  const client = useQueryClient();
  if (page.items.length === 0) {
    return <Empty title={page.refreshed_at ? t.mapping.none : t.mapping.never}>{t.mapping.noneHint}</Empty>;
  }
  const chosen = (item: MappingItem) => draft.values[item.source_id] ?? null;
  const changes: Changes = Object.fromEntries(draft.changed.filter((id) => page.items.some((item) => item.source_id === id)).map((id) => [id, draft.values[id] ?? null]));
  const fallback = page.items.find((item) => item.is_default);
  const hasDefault = fallback ? Boolean(chosen(fallback)) : false;
  const missing = page.items.filter((item) => !item.is_default && !free(kind, item) && !chosen(item) && !hasDefault && needed.includes(kind));
  const exact = page.items.filter((item) => !chosen(item) && item.suggested_zoho_id && item.confidence === "exact");
  const rows = [...page.items].sort((a, b) => Number(b.is_default) - Number(a.is_default) || Number(missing.includes(b)) - Number(missing.includes(a)));
  const set = (item: MappingItem, id: string | null) => draft.set({ [item.source_id]: id });
  const count = Object.keys(changes).length;
  const send = async (rows: Changes, version: string | null) => {
    try {
      const now = await save.mutateAsync({ changes: rows, version });
      draft.discard();
      const freed = waitingOn(page) - waitingOn(now);
      notifyDone(freed > 0 ? t.mapping.saved(freed) : t.saved);
      return true;
    } catch {
      return false; // it is shown below the table
    }
  };
  /** only from what stood when the first row was changed */
  const sendDraft = () => send(changes, draft.from.version);
  /** what stands now, with the rows that were chosen here in front or behind it */
  const merge = async (mine: boolean) => {
    const before = draft.from.values;
    const now = await client.fetchQuery({ ...mappingQuery(kind), staleTime: 0 });
    save.reset();
    if (mine) return send(changes, now.version);
    const stands = chosenOn(now);
    const theirs = changedFields(stands, before);
    draft.restart(Object.fromEntries(Object.entries(changes).filter(([id]) => !theirs.includes(id))), { values: stands, version: now.version });
  };
  const sent = Object.keys(save.variables?.changes ?? {});
  const refused = save.error instanceof Problem ? save.error.fields.filter((one) => one.field.startsWith("items[")) : [];
  const wrong = (id: string) => refused.filter((one) => one.field.startsWith(`items[${sent.indexOf(id)}].`)).map((one) => one.message).join("; ") || undefined;
  const acceptAll = () => {
    for (const item of exact) set(item, item.suggested_zoho_id);
  };
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        sendDraft();
      }}
    >
      {draft.restored ? <Note>{t.unsaved.restored}</Note> : null}
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
              <Row key={item.source_id} free={free(kind, item)} item={item} page={page} chosen={chosen(item)} changed={item.source_id in changes} sought={item.source_id === row} hasDefault={hasDefault} set={(id) => set(item, id)} error={wrong(item.source_id)} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Former kind={kind} former={page.former ?? []} />
      <FormAnswer error={save.error} title={refused.length > 0 ? t.settings.wrong : undefined} hide={refused.map((one) => one.field)} theirs={() => merge(false)} mine={() => merge(true)} />
      <SaveBar count={count} needs="accountant" saving={save.isPending} save={sendDraft} discard={draft.discard} label={t.mapping.save(count)} />
    </form>
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
            <ActionButton needs="accountant" variant="default" size="compact-sm" loading={again.isPending} onClick={() => told(again.mutateAsync(f))}>
              {t.mapping.sendAgain(f.may_be_sent)}
            </ActionButton>
          ) : null}
        </Group>
      ))}
    </>
  );
}

type RowProps = { item: MappingItem; page: Mapping; chosen: string | null; changed: boolean; sought: boolean; hasDefault: boolean; free: string | null; error: string | undefined; set: (id: string | null) => void };

function Row({ item, page, chosen, changed, sought, hasDefault, free, error, set }: RowProps) {
  const place = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (sought) place.current?.scrollIntoView?.({ block: "center" });
  }, [sought]);
  const choices = page.choices.map((c) => ({ value: c.zoho_id, label: c.detail ? `${c.zoho_name} (${c.detail})` : c.zoho_name }));
  const suggested = page.choices.find((c) => c.zoho_id === item.suggested_zoho_id);
  return (
    <Table.Tr ref={place} aria-current={sought ? "true" : undefined} data-sought={sought || undefined}>
      <Table.Td data-label={t.mapping.source}>
        <Text inherit fw={550} title={item.is_default ? undefined : item.source_id}>
          {item.source_name}
        </Text>
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
          placeholder={hasDefault && !item.is_default ? t.mapping.usesDefault : (item.waiting === 0 && free) || t.mapping.choose}
          miw={220}
          error={error}
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
