import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { SyncRequest } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, notifyProblem } from "@/components/notify";
import { Failure } from "@/components/states";
import { connectionQuery } from "@/features/connection/connection.api";
import type { Section } from "@/lib/sections";
import { sectionName, t } from "@/lib/texts";
import { isFiltered, knownCount, type RecordSearch, toFilter } from "./filters";
import { countMatching, useSync } from "./records.api";

const typed = 500; // beyond this many records the number itself must be typed

type Wanted = { count: number | null; body: SyncRequest };

/** the buttons over many records; each shows its count and asks before it sends */
export function SyncBar(props: {
  section: Section;
  search: RecordSearch;
  counts: Record<string, number>;
  selected: ReadonlySet<string>;
  clear: () => void;
}) {
  const { section, search, counts, selected } = props;
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const total = knownCount(section, {}, counts) ?? 0;
  const filtered = isFiltered(section, search);
  const matching = knownCount(section, search, counts);
  const count = useMutation({
    mutationFn: () => (matching === undefined ? countMatching(section, search) : Promise.resolve(matching)),
    onSuccess: (n) => setWanted({ count: n, body: { filter: toFilter(section, search), confirm: true } }),
    onError: notifyProblem,
  });
  if (total === 0) return null;

  return (
    <Group gap="sm" aria-live="polite">
      {selected.size > 0 ? (
        <>
          <ActionButton
            needs="operator"
            onClick={() => setWanted({ count: selected.size, body: { ids: [...selected], confirm: true } })}
          >
            {t.sync.syncSelected(selected.size)}
          </ActionButton>
          <Button variant="subtle" onClick={props.clear}>
            {t.sync.clearSelection}
          </Button>
        </>
      ) : null}
      {filtered ? (
        <ActionButton needs="operator" variant="default" loading={count.isPending} because={matching === 0 && t.sync.noMatch} onClick={() => count.mutate()}>
          {matching === undefined ? t.sync.syncMatchingUncounted : t.sync.syncMatching(String(matching))}
        </ActionButton>
      ) : (
        <ActionButton needs="operator" variant="default" onClick={() => setWanted({ count: total, body: { all: true, confirm: true } })}>
          {t.sync.syncAll(String(total))}
        </ActionButton>
      )}
      {wanted ? (
        <Confirm section={section} wanted={wanted} close={() => setWanted(null)} sent={props.clear} />
      ) : null}
    </Group>
  );
}

function Confirm(props: { section: Section; wanted: Wanted; close: () => void; sent: () => void }) {
  const { section, wanted } = props;
  const sync = useSync(section);
  const connection = useQuery(connectionQuery);
  const [text, setText] = useState("");
  const number = wanted.count === null ? t.sync.many : String(wanted.count);
  const mustType = wanted.count === null || wanted.count > typed;
  const send = () =>
    sync.mutate(wanted.body, {
      onSuccess: (run) => {
        props.close();
        props.sent();
        notifyDone(
          <>
            {t.sync.runStarted} <Link to={`/runs/${run.id}`}>{t.sync.showRun}</Link>
          </>,
        );
      },
    });
  return (
    <Modal opened onClose={props.close} title={t.sync.confirmTitle(number, sectionName[section].toLowerCase())}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack gap="sm">
          {section === "orders" ? <Text size="sm">{t.sync.confirmOrders}</Text> : null}
          <Text size="sm">{t.sync.confirmText}</Text>
          {connection.data && connection.data.status !== "connected" ? (
            <Text size="sm" fw={550}>
              {t.sync.confirmNotConnected}
            </Text>
          ) : null}
          {mustType ? (
            <TextInput label={t.sync.confirmType(number)} value={text} onChange={(e) => setText(e.currentTarget.value)} data-autofocus autoComplete="off" />
          ) : null}
          {sync.isError ? <Failure error={sync.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.close}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={sync.isPending} disabled={mustType && text.trim() !== number} data-autofocus={mustType ? undefined : true}>
              {t.sync.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
