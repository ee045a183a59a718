import { Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Dialog } from "@/components/Dialog";
import type { SyncRequest } from "@/api/types";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { connectionQuery } from "@/features/connection/connection.api";
import type { Section } from "@/lib/sections";
import { type DocumentKind, documentKinds, documentName, sectionName, t } from "@/lib/texts";
import { isLocked, LockedPeriods } from "./LockedPeriods";
import { PreviewEffect } from "./Preview";
import { usePreview, useSync } from "./actions.api";

const typed = 500; // beyond this many records the number itself must be typed

/** which records, how many (null = more than could be counted), and of orders which documents */
export type Wanted = { count: number | null; body: SyncRequest; documents?: DocumentKind[] };

/** shows the count, and on request the effect, before anything is sent */
export function SendDialog(props: { section: Section; wanted: Wanted; close: () => void; sent: () => void }) {
  const { section, wanted } = props;
  const sync = useSync(section);
  const asked = useAsked();
  const preview = usePreview(section);
  const connection = useQuery(connectionQuery);
  const [text, setText] = useState("");
  const [documents, setDocuments] = useState<string[]>(wanted.documents ?? [...documentKinds]);
  const isOrders = section === "orders";
  const number = wanted.count === null ? t.sync.many : String(wanted.count);
  const mustType = wanted.count === null || wanted.count > typed;
  const body: SyncRequest = { ...wanted.body };
  if (isOrders && documents.length < documentKinds.length) body.documents = documents as SyncRequest["documents"];
  const locks = connection.data?.locks;
  const warn = isOrders && isLocked(locks) && documents.length > 0;
  const { mutate: look } = preview;
  const chosen = documents.join();
  // A closed period is told with what it does to the selection, before anything is queued.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the body is that of the chosen documents
  useEffect(() => {
    if (warn) look(body);
  }, [warn, chosen, look]);
  const send = () =>
    asked(sync.mutateAsync({ ...body, confirm: true }), (run, there) => {
      if (there) {
        props.close();
        props.sent();
      }
      notifyDone(
        <>
          {t.sync.runStarted} <Link to={`/runs/${run.id}`}>{t.sync.showRun}</Link>
        </>,
      );
    });
  return (
    <Dialog onClose={props.close} title={t.sync.confirmTitle(number, sectionName[section].toLowerCase())}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (documents.length > 0 && (!mustType || text.trim() === number)) send();
        }}
      >
        <Stack gap="sm">
          {isOrders ? (
            <Checkbox.Group
              label={t.sync.whichDocuments}
              value={documents}
              onChange={(next) => {
                setDocuments(next);
                preview.reset();
              }}
              error={documents.length === 0 ? t.sync.noDocumentsChosen : undefined}
            >
              <Group mt={6} gap="md">
                {documentKinds.map((kind) => (
                  <Checkbox key={kind} value={kind} label={documentName[kind]} />
                ))}
              </Group>
            </Checkbox.Group>
          ) : null}
          <Text size="sm">{t.sync.confirmText}</Text>
          {connection.data && connection.data.status !== "connected" ? (
            <Text size="sm" fw={550}>
              {t.sync.confirmNotConnected}
            </Text>
          ) : null}
          {isOrders && locks ? <LockedPeriods locks={locks} /> : null}
          {preview.data ? <PreviewEffect id={preview.data.id} /> : null}
          {preview.isError ? <Failure error={preview.error} title={t.verb.preview.failed} /> : null}
          {mustType ? (
            <TextInput label={t.sync.confirmType(number)} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus autoComplete="off" />
          ) : null}
          {sync.isError ? <Failure error={sync.error} /> : null}
          <Group justify="space-between">
            <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate(body)}>
              {t.verb.preview.ask}
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={props.close}>
                {t.cancel}
              </Button>
              <Button
                type="submit"
                loading={sync.isPending}
                disabled={documents.length === 0 || (mustType && text.trim() !== number)}
                data-autofocus={mustType ? undefined : true}
              >
                {t.sync.confirm}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
