import { PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/api/problem";
import { BusyButton } from "@/components/BusyButton";
import { Failure } from "@/components/states";
import { auth } from "@/lib/auth";
import { t } from "@/lib/texts";
import { sessionQuery, signIn } from "./session.api";

export function EmployeeForm() {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
      if (session.csrf_token) auth.haveSession(session.csrf_token);
    },
    onError: () => setPassword(""),
  });
  const refused = enter.error instanceof Problem && enter.error.code === "wrong_credentials" ? enter.error.detail : undefined;

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (email.trim() && password) enter.mutate({ email: email.trim(), password });
      }}
    >
      <Stack gap="md">
        <TextInput
          label={t.session.email}
          name="email"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={tried && !email.trim() ? t.session.missingEmail : undefined}
          size="md"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t.session.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => {
            setTried(false);
            setPassword(event.currentTarget.value);
          }}
          error={refused && !password ? refused : tried && !password ? t.session.missingPassword : undefined}
          visibilityToggleButtonProps={{ "aria-label": t.show(t.session.password) }}
          size="md"
          required
          withAsterisk={false}
        />
        {enter.error && !refused ? <Failure error={enter.error} /> : null}
        <BusyButton type="submit" size="md" loading={enter.isPending} fullWidth>
          {t.session.submit}
        </BusyButton>
        <Text size="sm" c="dimmed">
          {t.session.employeeHint}
        </Text>
      </Stack>
    </form>
  );
}
