import { Button, Checkbox, Code, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Problem } from "@/api/problem";
import { ActionButton } from "@/components/ActionButton";
import { Copy } from "@/components/Copy";
import { FormAnswer } from "@/components/FormAnswer";
import { Panel } from "@/components/Panel";
import { type Role, roles } from "@/lib/sections";
import { t } from "@/lib/texts";
import { endOfDay } from "@/lib/time";
import { useZone } from "@/lib/zone";
import classes from "./TokensPage.module.css";
import { type NewToken, type TokenInput, useCreateToken } from "./tokens.api";

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
  const [end, setEnd] = useState<End>({ choice: "year", day: "", sure: false });
  const [tried, setTried] = useState(false);
  const zone = useZone();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setMissing(!name.trim());
    if (name.trim() && !wrongEnd(end)) create.mutate({ name: name.trim(), role, ...ending(end, zone) });
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
          <EndInput end={end} change={setEnd} error={tried ? (wrongEnd(end) ?? problem?.on("expires_at")) : undefined} />
          <FormAnswer error={create.error} hide={["name", "role", "expires_at"]} />
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

type End = { choice: string; day: string; sure: boolean };

/** what is not said yet about the end, in words */
function wrongEnd(end: End): string | undefined {
  if (end.choice === "day" && !end.day) return t.tokens.endDayMissing;
  if (end.choice === "never" && !end.sure) return t.tokens.neverMissing;
  return undefined;
}

/** as the API takes it: absent is in 365 days, null is never; a last day is over in the hotel's zone */
function ending(end: End, zone: string | undefined): Partial<TokenInput> {
  if (end.choice === "month") return { expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString() };
  if (end.choice === "day") return { expires_at: endOfDay(end.day, zone) };
  return end.choice === "never" ? { expires_at: null, confirm: true } : {};
}

function EndInput({ end, change, error }: { end: End; change: (end: End) => void; error: string | undefined }) {
  return (
    <>
      <Radio.Group label={t.tokens.end} description={t.tokens.endHint} value={end.choice} onChange={(choice) => change({ ...end, choice })} error={error}>
        <Group gap="lg" mt="xs">
          {Object.entries(t.tokens.endChoices).map(([key, label]) => (
            <Radio key={key} value={key} label={label} />
          ))}
        </Group>
      </Radio.Group>
      {end.choice === "day" ? <TextInput type="date" label={t.tokens.endDay} value={end.day} onChange={(event) => change({ ...end, day: event.currentTarget.value })} maw={240} /> : null}
      {end.choice === "never" ? <Checkbox label={t.tokens.neverConfirm} checked={end.sure} onChange={(event) => change({ ...end, sure: event.currentTarget.checked })} /> : null}
    </>
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
