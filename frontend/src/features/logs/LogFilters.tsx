import { Button, Collapse, Group, Select, Stack, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconFilter } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { SearchBox } from "@/components/SearchBox";
import { flowName, t } from "@/lib/texts";
import { filterCount } from "./filters";

type Search = { q?: string; from?: string; to?: string; flow?: string };

type Props<S extends Search> = {
  search: S;
  change: (next: Partial<S>) => void;
  clear: () => void;
  hint: string;
  children: ReactNode;
};

/** search, kind of document, days, and what else narrows a log; all of it lives in the address */
export function LogFilters<S extends Search>({ search, change, clear, hint, children }: Props<S>) {
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const [open, setOpen] = useState(false);
  const set = filterCount(search);
  const more = (
    <Group gap="xs" align="flex-end">
      {children}
      <Select
        label={t.logs.kind}
        placeholder={t.logs.anyKind}
        data={Object.entries(flowName).map(([value, label]) => ({ value, label }))}
        value={search.flow ?? null}
        onChange={(flow) => change({ flow: flow ?? undefined } as Partial<S>)}
        clearable
        clearButtonProps={{ "aria-label": `${t.logs.kind}: ${t.logs.anyKind}` }}
        w={160}
      />
      <TextInput type="date" label={t.logs.from} value={search.from ?? ""} onChange={(e) => change({ from: e.currentTarget.value || undefined } as Partial<S>)} w={140} />
      <TextInput type="date" label={t.logs.to} value={search.to ?? ""} onChange={(e) => change({ to: e.currentTarget.value || undefined } as Partial<S>)} w={140} />
      {set > 0 || search.q ? (
        <Button variant="subtle" onClick={clear}>
          {t.logs.clear}
        </Button>
      ) : null}
    </Group>
  );
  return (
    <Stack gap="sm">
      <Group gap="xs" align="flex-end">
        <SearchBox q={search.q} change={(q) => change({ q } as Partial<S>)} label={t.logs.search} placeholder={hint} style={{ flex: "1 1 12rem", maxWidth: "24rem" }} />
        {narrow ? (
          <Button variant="default" leftSection={<IconFilter size={17} aria-hidden />} aria-expanded={open} onClick={() => setOpen(!open)}>
            {t.logs.filters(set)}
          </Button>
        ) : (
          more
        )}
      </Group>
      {narrow ? <Collapse expanded={open}>{more}</Collapse> : null}
    </Stack>
  );
}
