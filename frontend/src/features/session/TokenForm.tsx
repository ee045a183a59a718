import { Box, Checkbox, Code, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/api/problem";
import { BusyButton } from "@/components/BusyButton";
import { Copy } from "@/components/Copy";
import { Failure } from "@/components/states";
import { auth } from "@/lib/auth";
import { t } from "@/lib/texts";
import { sessionQuery, tryToken } from "./session.api";
import classes from "./SignInPage.module.css";

export function TokenForm() {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const [keep, setKeep] = useState(true);
  const [missing, setMissing] = useState(false);
  const signIn = useMutation({
    mutationFn: (value: string) => tryToken(value),
    onSuccess: (session, value) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      auth.signIn(value, keep);
    },
  });
  const refused = signIn.error instanceof Problem && signIn.error.status === 401;

  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const value = token.trim();
          setMissing(!value);
          if (value) signIn.mutate(value);
        }}
      >
        <Stack gap="md">
          <PasswordInput
            label={t.session.token}
            name="token"
            autoComplete="off"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={missing ? t.session.missing : refused ? t.session.refused : undefined}
            visibilityToggleButtonProps={{ "aria-label": t.show(t.session.token) }}
            size="md"
            required
            withAsterisk={false}
          />
          <Checkbox
            label={t.session.keep}
            description={t.session.keepHint}
            checked={keep}
            onChange={(event) => setKeep(event.currentTarget.checked)}
          />
          {signIn.error && !refused ? <Failure error={signIn.error} /> : null}
          <BusyButton type="submit" size="md" loading={signIn.isPending} fullWidth>
            {t.session.submit}
          </BusyButton>
        </Stack>
      </form>
      <Box className={classes.help}>
        <Text size="sm">{t.session.tokenHint}</Text>
        <Group gap={4} wrap="nowrap" align="center" my={6}>
          <Code block className={classes.command} tabIndex={0}>
            {t.session.command}
          </Code>
          <Copy value={t.session.command} what={t.session.commandName} />
        </Group>
        <Text size="sm" c="dimmed">
          {t.session.roles}
        </Text>
      </Box>
    </>
  );
}
