import { Anchor, Group, Radio, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Problem } from "@/api/problem";
import type { Connection } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { useAsked } from "@/components/notify";
import { Failure, Note, Rows } from "@/components/states";
import { connectionQuery } from "@/features/connection/connection.api";
import { t } from "@/lib/texts";
import { useMay } from "@/lib/role";
import { type Scope, scopes, useReset, wouldForget } from "./tools.api";

/** what is needed rarely, and with care */
export function ToolsPage() {
  const connection = useQuery(connectionQuery);
  return (
    <Page title={t.tools.title} intro={t.tools.intro}>
      {connection.isPending ? <Rows count={5} /> : null}
      {connection.isError && !connection.data ? <Failure error={connection.error} retry={() => connection.refetch()} /> : null}
      {connection.data ? <Reset connection={connection.data} /> : null}
    </Page>
  );
}

function Reset({ connection }: { connection: Connection }) {
  const [scope, setScope] = useState<Scope>("mappings");
  const [typed, setTyped] = useState("");
  const reset = useReset();
  const asked = useAsked();
  const id = connection.organization_id;
  const problem = reset.error instanceof Problem ? reset.error : undefined;
  const right = Boolean(id) && typed.trim() === id;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (right && !reset.isPending) asked(reset.mutateAsync({ scope, confirm: typed.trim() }), () => setTyped(""));
  };
  return (
    <>
      <Panel title={t.tools.reset} note={t.tools.resetNote}>
        <form noValidate onSubmit={submit}>
          <Stack gap="md">
            <Radio.Group label={t.tools.scope} value={scope} onChange={(value) => setScope(value as Scope)}>
              <Stack gap="sm" mt="xs">
                {scopes.map((key) => (
                  <Radio key={key} value={key} label={t.tools.scopes[key].name} description={t.tools.scopes[key].text} maw="75ch" />
                ))}
              </Stack>
            </Radio.Group>
            <Note>
              {scope === "mappings" ? "" : `${t.tools.after} `}
              {scope === "links" ? `${t.tools.kept} ` : ""}
              {t.tools.stays}
            </Note>
            {id ? <Before scope={scope} /> : null}
            {id ? (
              <TextInput
                label={t.tools.confirm(id)}
                description={connection.organization_name ? t.tools.confirmHint(connection.organization_name) : undefined}
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
                error={problem?.on("confirm")}
                autoComplete="off"
                maw={420}
              />
            ) : (
              <Text>{t.tools.noOrganization}</Text>
            )}
            {reset.isError ? <Failure error={reset.error} hide={["confirm"]} /> : null}
            <Group>
              <ActionButton needs="admin" type="submit" color="red" loading={reset.isPending} because={!right && (id ? t.tools.typeFirst : t.tools.noOrganization)}>
                {t.tools.act[scope]}
              </ActionButton>
            </Group>
          </Stack>
        </form>
      </Panel>
      {reset.data ? <Forgotten counts={reset.data.forgotten} /> : null}
    </>
  );
}

/** the same counts before anything is forgotten */
function Before({ scope }: { scope: Scope }) {
  const may = useMay("admin");
  const { data } = useQuery({ ...wouldForget(scope), enabled: may });
  if (!data) return null;
  return (
    <section aria-label={t.tools.before}>
      <Text size="sm" fw={550} mb={4}>
        {t.tools.before}
      </Text>
      <Counts counts={data.forgotten} head={t.tools.would} />
    </section>
  );
}

function Forgotten({ counts }: { counts: Record<string, number> }) {
  return (
    <Panel title={t.tools.done} note={t.tools.doneNote}>
      <div role="status">
        <Counts counts={counts} head={t.tools.count} />
      </div>
      <Anchor component={Link} to="/synchronization" underline="always">
        {t.tools.next}
      </Anchor>
    </Panel>
  );
}

/** how many of each kind; what QloBooks keeps only for itself is one line */
function Counts({ counts, head }: { counts: Record<string, number>; head: string }) {
  const named = Object.entries(t.tools.kinds).filter(([kind]) => counts[kind]);
  const others = Object.entries(counts).reduce((sum, [kind, n]) => (kind in t.tools.kinds ? sum : sum + n), 0);
  if (named.length === 0 && others === 0) return <Text>{t.tools.nothing}</Text>;
  return (
    <Table maw={480}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.tools.kind}</Table.Th>
          <Table.Th className="q-num">{head}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {named.map(([kind, name]) => (
          <Table.Tr key={kind}>
            <Table.Td>{name}</Table.Td>
            <Table.Td className="q-num">{counts[kind]}</Table.Td>
          </Table.Tr>
        ))}
        {others > 0 ? (
          <Table.Tr>
            <Table.Td>{t.tools.others}</Table.Td>
            <Table.Td className="q-num">{others}</Table.Td>
          </Table.Tr>
        ) : null}
      </Table.Tbody>
    </Table>
  );
}
