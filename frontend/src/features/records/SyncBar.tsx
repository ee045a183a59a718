import { Anchor, Button, Group, Menu, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SyncRequest } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyProblem } from "@/components/notify";
import { settingsQuery } from "@/features/settings/settings.api";
import { useMay } from "@/lib/role";
import type { Section } from "@/lib/sections";
import { bulkActions, type DocumentKind, t } from "@/lib/texts";
import { isFiltered, knownCount, type RecordSearch, toFilter } from "./filters";
import { countMatching } from "./records.api";
import { type Selection, selectedIds } from "./selection";
import { SendDialog, type Wanted } from "./SendDialog";

type Props = {
  section: Section;
  search: RecordSearch;
  counts: Record<string, number>;
  loaded: number;
  complete: boolean;
  narrow: boolean;
  selection: Selection;
  select: (next: Selection) => void;
};

/** the buttons over many records: they act on the selection, else on the filter, else on all */
export function SyncBar(props: Props) {
  const { section, search, counts, selection } = props;
  const may = useMay("operator");
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const { data: settings } = useQuery(settingsQuery);
  const total = knownCount(section, {}, counts) ?? 0;
  const filtered = isFiltered(section, search);
  const matching = props.complete ? props.loaded : knownCount(section, search, counts);
  const ids = selectedIds(selection);
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
  const others = bulkActions[section].filter((action) => !action.main);
  const refused = (action: (typeof others)[number]) =>
    (filtered && matching === 0 && t.sync.noMatch) || (action.documents?.includes("orders") && settings?.orders?.create_sales_orders === false && t.sync.noSalesOrders);
  const scope = ids ? t.sync.selected(ids.length) : filtered ? t.sync.scopeMatching(matching) : t.sync.scopeAll(total);

  return (
    <Group gap="sm">
      {bulkActions[section].map((action) =>
        props.narrow && !action.main ? null : (
          <ActionButton
            key={action.label}
            needs="operator"
            variant={action.main ? "filled" : "default"}
            loading={prepare.isPending && prepare.variables === action.documents}
            because={refused(action)}
            onClick={() => prepare.mutate(action.documents)}
          >
            {action.label}
          </ActionButton>
        ),
      )}
      {props.narrow && others.length > 0 ? (
        <Menu position="bottom-start" withinPortal returnFocus>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {t.sync.onlyPart}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((action) => (
              <Menu.Item key={action.label} disabled={!may || Boolean(refused(action))} onClick={() => prepare.mutate(action.documents)}>
                {action.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      <Text size="sm" c="dimmed" role="status">
        {t.sync.scope}: {scope}
      </Text>
      {ids ? (
        <>
          {ids.length === props.loaded && !props.complete ? (
            <Anchor component="button" type="button" size="sm" underline="always" onClick={() => props.select("all")}>
              {filtered ? t.sync.selectMatching(matching) : t.sync.selectEvery(total)}
            </Anchor>
          ) : null}
          <Button variant="subtle" size="compact-sm" onClick={() => props.select(new Set())}>
            {t.sync.clearSelection}
          </Button>
        </>
      ) : null}
      {wanted ? <SendDialog section={section} wanted={wanted} close={() => setWanted(null)} sent={() => props.select(new Set())} /> : null}
    </Group>
  );
}
