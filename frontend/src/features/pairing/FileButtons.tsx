import { Button, FileInput, Group, Stack, Table, Text } from "@mantine/core";
import { IconDownload, IconFileUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { readCSV, saveFile } from "@/api/file";
import { BusyButton } from "@/components/BusyButton";
import { ActionButton } from "@/components/ActionButton";
import { notifyDone, notifyProblem, useAsked } from "@/components/notify";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { exportPairs, useImportPairs } from "./pairing.api";

/** the pairs as a file, and a file of pairs */
export function FileButtons() {
  const [importing, setImporting] = useState(false);
  const save = useMutation({ mutationFn: exportPairs, onSuccess: (text) => saveFile("customers.csv", text), onError: notifyProblem });
  return (
    <Group gap="sm">
      <Button variant="default" leftSection={<IconDownload size={17} aria-hidden />} loading={save.isPending} onClick={() => save.mutate()}>
        {t.pairing.exportFile}
      </Button>
      <ActionButton needs="accountant" variant="default" leftSection={<IconFileUpload size={17} aria-hidden />} onClick={() => setImporting(true)}>
        {t.pairing.importFile}
      </ActionButton>
      {importing ? <ImportDialog close={() => setImporting(false)} /> : null}
    </Group>
  );
}

function ImportDialog({ close }: { close: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [missing, setMissing] = useState(false);
  const send = useImportPairs();
  const asked = useAsked();
  const wrong = send.data && "wrong" in send.data ? send.data.wrong : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!file);
    if (!file) return;
    asked(send.mutateAsync(file), (answer, there) => {
      if ("done" in answer) notifyDone(t.pairing.imported(answer.done.paired, answer.done.unchanged));
      else if (!there) notifyProblem(new Error(t.pairing.wrongTitle(answer.wrong.length)));
      if (there && "done" in answer) close();
    });
  };
  return (
    <Dialog onClose={close} title={t.pairing.importTitle} size={wrong ? "lg" : "md"}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t.pairing.fileText}</Text>
          <Text size="sm">{t.pairing.importText}</Text>
          <FileInput
            label={t.pairing.importChoose}
            placeholder={t.pairing.importPlaceholder}
            accept=".csv,text/csv"
            value={file}
            error={missing ? t.pairing.importMissing : undefined}
            onChange={(next) => {
              setFile(next);
              setMissing(false);
              send.reset();
            }}
          />
          {send.isError ? <Failure error={send.error} /> : null}
          {wrong ? <Wrong text={wrong} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.cancel}
            </Button>
            <BusyButton type="submit" loading={send.isPending}>
              {t.pairing.importConfirm}
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

const shown = 100;

/** what is wrong, line by line */
function Wrong({ text }: { text: string }) {
  const rows = readCSV(text).slice(1);
  return (
    <Stack gap="xs" role="alert">
      <Text fw={550}>{t.pairing.wrongTitle(rows.length)}</Text>
      <div style={{ maxHeight: "40vh", overflow: "auto" }} role="region" aria-label={t.pairing.wrongTitle(rows.length)} tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="q-num">{t.pairing.line}</Table.Th>
              <Table.Th>{t.pairing.field}</Table.Th>
              <Table.Th>{t.pairing.message}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shown).map(([line = "", field = "", message = ""]) => (
              <Table.Tr key={`${line} ${field} ${message}`}>
                <Table.Td className="q-num">{line}</Table.Td>
                <Table.Td>{field || t.pairing.wholeLine}</Table.Td>
                <Table.Td>{message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Group gap="sm">
        {rows.length > shown ? <Text size="sm">{t.pairing.wrongShown(shown)}</Text> : null}
        <Button size="compact-sm" variant="default" onClick={() => saveFile("errors.csv", text)}>
          {t.pairing.wrongSave}
        </Button>
      </Group>
    </Stack>
  );
}
