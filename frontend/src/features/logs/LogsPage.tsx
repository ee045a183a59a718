import { Button, Group, Select } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { LogLine } from "@/api/types";
import { Chip } from "@/components/Chip";
import { Page } from "@/components/Page";
import { Empty } from "@/components/states";
import { When } from "@/components/When";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { CallDrawer } from "./CallDrawer";
import { CallStatus, shortPath } from "./CallStatus";
import { type CallsSearch, filterCount } from "./filters";
import { LogFilters } from "./LogFilters";
import { LogList, useItems } from "./LogList";
import classes from "./Logs.module.css";
import { LogTabs } from "./LogTabs";
import { callsQuery } from "./logs.api";
import { RecordOf } from "./RecordOf";
import { Value } from "./VirtualLog";

/** every call to Zoho Books */
export function LogsPage({ search }: { search: CallsSearch }) {
  const navigate = useNavigate();
  const calls = useInfiniteQuery(callsQuery(search, useZone()));
  const items = useItems(calls);
  const go = (next: CallsSearch) => navigate({ to: "/logs", search: next as never, replace: true });
  const change = (next: Partial<CallsSearch>) => go({ ...search, ...next, call: undefined });
  const filtered = filterCount(search) > 0 || Boolean(search.q);
  return (
    <Page title={t.logs.title} intro={t.logs.callsIntro}>
      <LogTabs current="calls" />
      <LogFilters search={search} change={change} clear={() => go({})} hint={t.logs.callsSearchHint}>
        <Select
          label={t.logs.outcome}
          data={[
            { value: "", label: t.logs.anyOutcome },
            { value: "ok", label: t.logs.ok },
            { value: "failed", label: t.logs.failed },
          ]}
          value={search.status ?? ""}
          onChange={(status) => change({ status: (status || undefined) as CallsSearch["status"] })}
          allowDeselect={false}
          w={120}
        />
      </LogFilters>
      <Narrowed search={search} change={change} />
      <LogList
        log={calls}
        items={items}
        empty={filtered ? <Empty title={t.logs.none} /> : <Empty title={t.logs.noneYet}>{t.logs.noneYetText}</Empty>}
        label={t.logs.calls}
        heads={[t.logs.at, t.logs.call, t.logs.status, t.logs.took, t.logs.record]}
        figures={[t.logs.took]}
        columns="10.2rem minmax(0, 1fr) 14.5rem 4rem 10rem"
        row={(line) => <CallRow line={line} />}
      />
      {search.call ? <CallDrawer id={search.call} line={items.find((one) => one.id === search.call)} close={() => go({ ...search, call: undefined })} /> : null}
    </Page>
  );
}

/** a record or run that the address narrows the log to, as other pages link here */
function Narrowed({ search, change }: { search: CallsSearch; change: (next: Partial<CallsSearch>) => void }) {
  const words = search.ref ? t.logs.onlyRef(search.ref) : search.run ? t.logs.onlyRun(search.run) : null;
  if (!words) return null;
  return (
    <Group gap="sm">
      <Chip tone="wait" icon={IconFilter}>{words}</Chip>
      <Button variant="subtle" size="compact-sm" onClick={() => change({ ref: undefined, run: undefined })}>
        {t.logs.clear}
      </Button>
    </Group>
  );
}

function CallRow({ line }: { line: LogLine }) {
  const path = shortPath(line.path);
  return (
    <>
      <Value name={t.logs.at} className={classes.time}>
        <When plain at={line.at} />
      </Value>
      <Value name={t.logs.call}>
        <Link
          to="/logs"
          // biome-ignore lint/suspicious/noExplicitAny: the search of this route is typed where it is read
          search={((before: any) => ({ ...before, call: line.id })) as any}
          className={classes.call}
          data-call={line.id}
          aria-label={t.logs.show(`${line.method} ${path}`)}
        >
          <b>{line.method}</b> {path}
        </Link>
      </Value>
      <Value name={t.logs.status} className={classes.chip}>
        <CallStatus line={line} />
      </Value>
      <Value name={t.logs.took} className={classes.took}>
        {t.logs.ms(line.ms)}
      </Value>
      <Value name={t.logs.record}>
        <RecordOf of={line.ref} record={line.record} />
      </Value>
    </>
  );
}
