import { Select } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { AuditEntry } from "@/api/types";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Empty } from "@/components/states";
import { Told } from "@/components/Told";
import { When } from "@/components/When";
import { auditActionName, type SettingsSection, settingsSections, t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { SettingValue } from "@/features/settings/SettingValue";
import { type AuditSearch, filterCount } from "./filters";
import { LogFilters } from "./LogFilters";
import { LogList, useItems } from "./LogList";
import classes from "./Logs.module.css";
import { LogTabs } from "./LogTabs";
import { auditQuery } from "./logs.api";
import { RecordOf } from "./RecordOf";
import { Value } from "./VirtualLog";

/** what people did, why, and what it was before */
export function AuditPage({ search }: { search: AuditSearch }) {
  const navigate = useNavigate();
  const audit = useInfiniteQuery(auditQuery(search, useZone()));
  const items = useItems(audit);
  const go = (next: AuditSearch) => navigate({ to: "/logs/audit", search: next as never, replace: true });
  const change = (next: Partial<AuditSearch>) => go({ ...search, ...next });
  const filtered = filterCount(search) > 0 || Boolean(search.q);
  return (
    <Page title={t.logs.title} intro={t.logs.auditIntro}>
      <LogTabs current="audit" />
      <LogFilters search={search} change={change} clear={() => go({})} hint={t.logs.auditSearchHint}>
        <SearchBox q={search.by} change={(by) => change({ by })} type="text" leftSection={null} label={t.logs.by} placeholder={t.logs.anybody} w={150} />
        <Select
          label={t.logs.action}
          placeholder={t.logs.anyAction}
          data={Object.entries(auditActionName).map(([value, label]) => ({ value, label }))}
          value={search.action ?? null}
          onChange={(action) => change({ action: action ?? undefined })}
          clearable
          searchable
          clearButtonProps={{ "aria-label": `${t.logs.action}: ${t.logs.anyAction}` }}
          w={180}
        />
      </LogFilters>
      <LogList
        log={audit}
        items={items}
        empty={<Empty title={filtered ? t.logs.auditNone : t.logs.auditNoneYet} />}
        label={t.logs.audit}
        heads={[t.logs.at, t.logs.by, t.logs.action, t.logs.record, t.logs.reason]}
        columns="10.2rem 10rem 9rem 10rem minmax(0, 1fr)"
        row={(entry) => <EntryRow entry={entry} />}
      />
    </Page>
  );
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const settings = entry.action === "settings" ? settingsSections.find(({ key }) => entry.detail.includes(` settings of ${key}`)) : undefined;
  return (
    <>
      <Value name={t.logs.at} className={classes.time}>
        <When plain at={entry.at} />
      </Value>
      <Value name={t.logs.by}>{entry.by}</Value>
      <Value name={t.logs.action} className={classes.action}>
        {auditActionName[entry.action] ?? entry.action.replaceAll("_", " ")}
      </Value>
      <Value name={t.logs.record}>
        <RecordOf full of={entry.flow ? `${entry.flow}:${entry.source_id}` : ""} record={entry.record} />
      </Value>
      <Value name={t.logs.reason} className={classes.reason}>
        {settings ? entry.detail.replace(settings.key, settings.title) : entry.detail ? <Told detail={entry.detail} /> : "–"}
        {entry.changes.length > 0 ? (
          <ul className={classes.changes} aria-label={t.logs.changed}>
            {entry.changes.map((change) => ({ ...change, of: settingOf(change.field, settings) })).map((change) => (
              <li key={change.field}>
                <b>{change.of?.label ?? change.field.replaceAll("_", " ")}</b>: <span className="q-visually-hidden">{t.logs.before} </span>
                <SettingValue field={change.of} value={change.before} />
                <IconArrowRight size={14} aria-hidden />
                <span className="q-visually-hidden"> {t.logs.after} </span>
                <SettingValue field={change.of} value={change.after} />
              </li>
            ))}
          </ul>
        ) : null}
      </Value>
    </>
  );
}

/** what changed, as the form describes it that it was changed in */
function settingOf(field: string, settings: SettingsSection | undefined) {
  return settings?.groups.flatMap((group) => group.fields).find(({ name }) => name === field);
}
