import { Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect } from "react";
import type { RecordDetail } from "@/api/types";
import { StatusChip } from "@/components/Chip";
import { Copy } from "@/components/Copy";
import { notifyDone, notifyProblem } from "@/components/notify";
import { Outside } from "@/components/Outside";
import { PhaseStepper } from "@/components/PhaseStepper";
import { Failure, Rows, Stale } from "@/components/states";
import { Told } from "@/components/Told";
import { When } from "@/components/When";
import { settingsQuery } from "@/features/settings/settings.api";
import type { Section } from "@/lib/sections";
import { flowName, flowOrder, sectionOne, t } from "@/lib/texts";
import { useVerb } from "./actions.api";
import { Cell } from "./Cell";
import { labelOf, orderedFields } from "./columns";
import { DocumentCard } from "./DocumentCard";
import { IssueBox, Notices } from "./IssueBox";
import classes from "./RecordDrawer.module.css";
import { recordQuery } from "./records.api";
import { VerbButtons } from "./VerbButtons";
import { before } from "./verbs";

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
  useEffect(
    () => () => {
      // back to the row it came from; when that is scrolled away, to the list
      const back = () => (document.querySelector<HTMLElement>(`[data-record="${CSS.escape(id)}"]`) ?? document.getElementById("content"))?.focus();
      setTimeout(back, 0);
    },
    [id],
  );
  // Escape closes what is on top: a menu or dialog over the drawer handles its own
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "Escape" && event.currentTarget.contains(event.target as Node)) close();
  };
  const title = record.data?.name ?? `${sectionOne[section]} ${id}`;
  return (
    <Drawer opened onClose={close} closeOnEscape={false} onKeyDown={onKeyDown} returnFocus={false} position="right" size={narrow ? "100%" : 720} title={title} classNames={{ title: classes.title, body: classes.body }}>
      {record.isPending ? <Rows count={8} /> : null}
      {record.isError && !record.data ? <Failure error={record.error} retry={() => record.refetch()} /> : null}
      {record.isError && record.data ? <Stale retry={() => record.refetch()} /> : null}
      {record.data ? <Detail section={section} record={record.data} /> : null}
    </Drawer>
  );
}

function Detail({ section, record }: { section: Section; record: RecordDetail }) {
  const verb = useVerb(section);
  const { data: settings } = useQuery(settingsQuery);
  const isOrder = section === "orders";
  const own = { record: record.source_id };
  const documents = [...record.documents].sort((a, b) => flowOrder.indexOf(a.flow) - flowOrder.indexOf(b.flow));
  const queueOrder = () =>
    verb.mutateAsync({ target: own, verb: { verb: "sync" } }).then(() => notifyDone(t.sync.sent(record.name)), notifyProblem);
  return (
    <Stack gap="lg">
      <Stack gap={6}>
        <Group gap="sm" justify="space-between">
          <Group gap="sm">
            <StatusChip status={record.status} />
            {record.paired ? <Text size="sm">{t.sync.paired}</Text> : null}
          </Group>
          <VerbButtons
            name={record.name}
            of={{ status: record.status, issue: record.issue, linked: Boolean(record.zoho_id), paired: record.paired, pairable: !isOrder && section !== "currencies" }}
            pending={verb.isPending}
            act={(act) => verb.mutateAsync({ target: own, verb: act })}
          />
        </Group>
        <Text size="sm" c="dimmed">
          {before(record)}
        </Text>
      </Stack>
      {isOrder ? <PhaseStepper phase={record.phase} salesOrders={settings?.orders?.create_sales_orders ?? true} /> : null}
      {record.issue && !record.documents.some((doc) => doc.issue) ? <IssueBox issue={record.issue} /> : null}
      <Notices items={record.notices.filter((one) => !record.documents.some((doc) => doc.notices.some((said) => said.code === one.code && said.detail === one.detail)))} />
      <section aria-labelledby="documents">
        <Title order={2} id="documents" mb="sm">
          {t.detail.documents}
        </Title>
        {documents.length === 0 ? (
          <Text c="dimmed" size="sm">
            {isOrder ? t.detail.noDocuments : t.detail.notInZoho}
          </Text>
        ) : (
          <Stack gap="sm">
            {documents.map((doc) => (
              <DocumentCard
                key={doc.key}
                doc={doc}
                pending={verb.isPending}
                verbs={isOrder}
                act={(act) => verb.mutateAsync({ target: { ...own, document: { flow: doc.flow, id: doc.source_id } }, verb: act })}
                queueOrder={isOrder ? queueOrder : undefined}
              />
            ))}
          </Stack>
        )}
      </section>
      <Facts record={record} />
      <History record={record} />
    </Stack>
  );
}

function Facts({ record }: { record: RecordDetail }) {
  const names = orderedFields(Object.keys(record.fields ?? {}));
  return (
    <section aria-labelledby="facts">
      <Title order={2} id="facts" mb="sm">
        {t.detail.fields}
      </Title>
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
    </section>
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
                {entry.detail ? <span className={classes.detail}><Told detail={entry.detail} /></span> : null}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
