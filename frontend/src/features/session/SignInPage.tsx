import { Alert, Button, Stack, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { takesCookies } from "@/api/client";
import { Wordmark } from "@/components/Wordmark";
import { auth } from "@/lib/auth";
import { t } from "@/lib/texts";
import { EmployeeForm } from "./EmployeeForm";
import classes from "./SignInPage.module.css";
import { TokenForm } from "./TokenForm";

export function SignInPage() {
  const ended = auth.ended();
  const [byToken, setByToken] = useState(!takesCookies || ended === "token");
  return (
    <div className={classes.page}>
      <main className={classes.card} id="content">
        <Wordmark />
        <Stack gap="md" mt="xl">
          <Title order={1}>{t.session.title}</Title>
          {ended ? (
            <Alert variant="default" icon={<IconInfoCircle />} role="status">
              {ended === "token" ? t.session.ended : t.session.sessionEnded}
            </Alert>
          ) : null}
          {byToken ? <TokenForm /> : <EmployeeForm />}
          {takesCookies ? (
            <Button variant="subtle" size="compact-sm" style={{ alignSelf: "flex-start" }} onClick={() => setByToken(!byToken)}>
              {byToken ? t.session.useEmail : t.session.useToken}
            </Button>
          ) : null}
        </Stack>
      </main>
    </div>
  );
}
