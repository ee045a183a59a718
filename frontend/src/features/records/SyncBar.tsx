import { Anchor, Button, Group, Menu, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { MarkSentDialog } from "./MarkSent";
import type { SyncRequest } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyProblem } from "@/components/notify";
import { settingsQuery } from "@/features/settings/settings.api";
import { useLack, useMay } from "@/lib/role";
import type { Section } from "@/lib/sections";
import { bulkActions, type DocumentKind, t } from "@/lib/texts";
import { isFiltered, knownCount, type RecordSearch, toFilter } from "./filters";
import { countMatching } from "./records.api";
import { type Selection, selectedIds } from "./selection";
import { SendDialog, type Wanted } from "./SendDialog";
import classes from "./Toolbar.module.css";

type Props = {
  section: Section;
  search: RecordSearch;
  counts: Record<string, number>;
  loaded: number;
  complete: boolean;
  selection: Selection;
  select: (next: Selection) => void;
  narrow: boolean;
};

/** what a button over many records acts on: the selection, else the filter, else all */
function scopeOf({ section, search, counts, selection, complete, loaded }: Props) {
  const total = knownCount(section, {}, counts) ?? 0;
  const filtered = isFiltered(section, search);
  return { total, filtered, ids: selectedIds(selection), matching: complete ? loaded : knownCount(section, search, counts) };
}

/** one button for everything, and behind it each part alone */
export function SyncButton(props: Props) {
  const { section, search } = props;
  const may = useMay("operator");
  const lacks = { operator: useLack("operator"), accountant: useLack("accountant") };
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [sending, setSending] = useState<SyncRequest | null>(null);
  const accountant = useMay("accountant");
  const { data: settings } = useQuery(settingsQuery);
  const { total, filtered, ids, matching } = scopeOf(props);
  const prepare = useMutation({
    mutationFn: async (documents: DocumentKind[] | undefined): Promise<Wanted> => {
      if (ids) return { count: ids.length, body: { ids }, documents };
      if (!filtered) return { count: total, body: { all: true }, documents };
      const count = matching ?? (await countMatching(section, search));
      return { count, body: { filter: toFilter(section, search) } satisfies SyncRequest, documents };
    },
    onSuccess: setWanted,
    onError: notifyProblem,
  });
  if (total === 0) return null;
  const [main, ...others] = bulkActions[section];
  const refused = (action: (typeof others)[number]) =>
    (filtered && matching === 0 && t.sync.noMatch) || (action.documents?.includes("orders") && settings?.orders?.create_sales_orders === false && t.sync.noSalesOrders);
  return (
    <Group gap={1} wrap="nowrap" className={classes.sync}>
      {main ? (
        <ActionButton needs="operator" loading={prepare.isPending} because={refused(main)} onClick={() => prepare.mutate(main.documents)}>
          {props.narrow ? t.sync.sync : main.label}
        </ActionButton>
      ) : null}
      {others.length > 0 ? (
        <Menu position="bottom-end" withinPortal returnFocus>
          <Menu.Target>
            <Button px={8} aria-label={t.sync.parts}>
              <IconChevronDown size={17} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((action) => (
              <Menu.Item key={action.label} disabled={!may || Boolean(refused(action))} title={lacks.operator ?? (refused(action) || undefined)} onClick={() => prepare.mutate(action.documents)}>
                {action.label}
              </Menu.Item>
            ))}
            {section === "orders" && (search.draft || settings?.orders?.post_as === "draft") ? (
              <Menu.Item disabled={!accountant} title={lacks.accountant} onClick={() => setSending(ids ? { ids } : filtered ? { filter: toFilter(section, search) } : { all: true })}>
                {t.draft.send}
              </Menu.Item>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {sending ? <MarkSentDialog body={sending} close={() => setSending(null)} sent={() => props.select(new Set())} /> : null}
      {wanted ? <SendDialog section={section} wanted={wanted} close={() => setWanted(null)} sent={() => props.select(new Set())} /> : null}
    </Group>
  );
}

/** in words what the button acts on, and what else can be chosen */
export function Scope(props: Props) {
  const { total, filtered, ids, matching } = scopeOf(props);
  if (total === 0) return null;
  const scope = ids ? t.sync.selected(ids.length) : filtered ? t.sync.scopeMatching(matching) : t.sync.scopeAll(total);
  return (
    <Group gap="xs" wrap="nowrap" className={classes.scope} data-chosen={ids ? true : undefined}>
      <Text size="sm" c="dimmed" role="status">
        {t.sync.scope}: {scope}
      </Text>
      {ids && ids.length === props.loaded && !props.complete ? (
        <Anchor component="button" type="button" size="sm" underline="always" onClick={() => props.select("all")}>
          {filtered ? t.sync.selectMatching(matching) : t.sync.selectEvery(total)}
        </Anchor>
      ) : null}
      {ids ? (
        <Button variant="subtle" size="compact-sm" onClick={() => props.select(new Set())}>
          {t.sync.clearSelection}
        </Button>
      ) : null}
    </Group>
  );
}
