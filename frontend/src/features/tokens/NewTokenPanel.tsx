import { Button, Code, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Problem } from "@/api/problem";
import { ActionButton } from "@/components/ActionButton";
import { Copy } from "@/components/Copy";
import { Panel } from "@/components/Panel";
import { Failure } from "@/components/states";
import { type Role, roles } from "@/lib/sections";
import { t } from "@/lib/texts";
import classes from "./TokensPage.module.css";
import { type NewToken, useCreateToken } from "./tokens.api";

/** the form for a token, and after that, once, the token itself */
export function NewTokenPanel() {
  const create = useCreateToken();
  if (create.data) return <Once token={create.data} close={create.reset} />;
  return <Form create={create} />;
}

function Form({ create }: { create: ReturnType<typeof useCreateToken> }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [missing, setMissing] = useState(false);
  const problem = create.error instanceof Problem ? create.error : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!name.trim());
    if (name.trim()) create.mutate({ name: name.trim(), role });
  };
  return (
    <Panel title={t.tokens.make}>
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t.tokens.name}
            description={t.tokens.nameHint}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setMissing(false);
            }}
            error={missing ? t.tokens.nameMissing : problem?.on("name")}
            maxLength={100}
            autoComplete="off"
            maw={480}
          />
          <Radio.Group label={t.tokens.role} value={role} onChange={(value) => setRole(value as Role)} error={problem?.on("role")}>
            <Stack gap="xs" mt="xs">
              {roles.map((key) => (
                <Radio key={key} value={key} label={t.session.role[key]} description={t.tokens.roles[key]} maw="75ch" />
              ))}
            </Stack>
          </Radio.Group>
          {create.isError ? <Failure error={create.error} hide={["name", "role"]} /> : null}
          <Group>
            <ActionButton needs="admin" type="submit" loading={create.isPending}>
              {t.tokens.create}
            </ActionButton>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Once({ token, close }: { token: NewToken; close: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <Panel title={t.tokens.once(token.name)}>
      <div ref={box} tabIndex={-1} role="status" style={{ outline: "none" }}>
        <Text fw={550} mb="xs">
          {t.tokens.onceText}
        </Text>
        <div className={classes.secret}>
          <Code>{token.token}</Code>
          <Copy value={token.token} what={t.tokens.secret} />
        </div>
      </div>
      <Group>
        <Button variant="default" onClick={close}>
          {t.tokens.onceClose}
        </Button>
      </Group>
    </Panel>
  );
}
