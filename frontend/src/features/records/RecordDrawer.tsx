import { Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { RecordDetail } from "@/api/types";
import { PhaseChip, StatusChip } from "@/components/Chip";
import { Copy } from "@/components/Copy";
import { Outside } from "@/components/Outside";
import { Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import type { Section } from "@/lib/sections";
import { flowName, sectionOne, t } from "@/lib/texts";
import { Cell } from "./Cell";
import { labelOf } from "./columns";
import { DocumentCard } from "./DocumentCard";
import { IssueBox, Notices } from "./IssueBox";
import classes from "./RecordDrawer.module.css";
import { recordQuery, useDocumentVerb, useRecordVerb } from "./records.api";
import { VerbButtons } from "./VerbButtons";

/** one record beside the list, or over it on a narrow screen; its address can be shared */
export function RecordDrawer({ section, id }: { section: Section; id: string }) {
  const record = useQuery(recordQuery(section, id));
  const narrow = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const navigate = useNavigate();
  const close = () =>
    navigate({
      to: `/synchronization/${section}`,
      search: ((before: Record<string, unknown>) => ({ ...before, record: undefined })) as never,
    });
  const title = record.data?.name ?? `${sectionOne[section]} ${id}`;
  return (
    <Drawer opened onClose={close} position="right" size={narrow ? "100%" : 720} title={title} classNames={{ title: classes.title, body: classes.body }}>
      {record.isPending ? <Rows count={8} /> : null}
      {record.isError && !record.data ? <Failure error={record.error} retry={() => record.refetch()} /> : null}
      {record.isError && record.data ? <Stale retry={() => record.refetch()} /> : null}
      {record.data ? <Detail section={section} record={record.data} /> : null}
    </Drawer>
  );
}

function Detail({ section, record }: { section: Section; record: RecordDetail }) {
  const recordVerb = useRecordVerb(section);
  const documentVerb = useDocumentVerb(section);
  const isOrder = section === "orders";
  return (
    <Stack gap="lg">
      <Group gap="sm" justify="space-between">
        <Group gap="sm">
          <StatusChip status={record.status} />
          <PhaseChip phase={record.phase} />
        </Group>
        <VerbButtons name={record.name} status={record.status} pending={recordVerb.isPending} act={(verb) => recordVerb.mutateAsync({ ...verb, id: record.source_id })} />
      </Group>
      {record.issue && !isOrder ? <IssueBox issue={record.issue} /> : null}
      <Notices items={record.notices} />
      <Facts record={record} />
      <section aria-labelledby="documents">
        <Title order={2} id="documents" mb="sm">
          {t.detail.documents}
        </Title>
        {record.documents.length === 0 ? (
          <Text c="dimmed" size="sm">
            {t.detail.noDocuments}
          </Text>
        ) : (
          <Stack gap="sm">
            {record.documents.map((doc) => (
              <DocumentCard
                key={doc.key}
                doc={doc}
                pending={documentVerb.isPending}
                verbs={isOrder}
                act={(verb) => documentVerb.mutateAsync({ ...verb, flow: doc.flow, id: doc.source_id })}
              />
            ))}
          </Stack>
        )}
      </section>
      <History record={record} />
    </Stack>
  );
}

function Facts({ record }: { record: RecordDetail }) {
  const names = Object.keys(record.fields ?? {});
  return (
    <dl className={classes.facts}>
      <dt>{t.sync.id}</dt>
      <dd>
        {record.source_id} <Copy value={record.source_id} what={t.sync.id} />
      </dd>
      {names.map((name) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{labelOf(name)}</dt>
          <dd>
            <Cell item={record} column={name} />
          </dd>
        </div>
      ))}
      <dt>{t.sync.last}</dt>
      <dd>
        <When at={record.last_synced_at} never={t.sync.never} />
      </dd>
      {record.qloapps_url || record.zoho_url ? (
        <>
          <dt>{t.sync.links}</dt>
          <dd>
            <Group gap="md">
              {record.qloapps_url ? <Outside href={record.qloapps_url}>{t.sync.openQloapps}</Outside> : null}
              {record.zoho_url ? <Outside href={record.zoho_url}>{t.sync.inZoho}</Outside> : null}
            </Group>
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function History({ record }: { record: RecordDetail }) {
  return (
    <section aria-labelledby="history">
      <Title order={2} id="history" mb="sm">
        {t.detail.history}
      </Title>
      {record.history.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t.detail.noHistory}
        </Text>
      ) : (
        <ol className={classes.history}>
          {record.history.map((entry) => (
            <li key={`${entry.at}${entry.flow}${entry.event}${entry.detail}`}>
              <span className={classes.at}>
                <When at={entry.at} />
              </span>
              <span>
                <strong>{t.detail.events[entry.event] ?? entry.event.replaceAll("_", " ")}</strong>
                {entry.flow ? ` · ${flowName[entry.flow] ?? entry.flow}` : ""} · {entry.by}
                {entry.detail ? <span className={classes.detail}>{entry.detail}</span> : null}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
