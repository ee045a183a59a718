import { Checkbox, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Connection } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { notifyProblem, useAsked } from "@/components/notify";
import { Panel } from "@/components/Panel";
import { t } from "@/lib/texts";
import { useSetup } from "./connection.api";

/** what has to stand in Zoho Books before anything can be posted */
export function SetupPanel({ connection }: { connection: Connection }) {
  const setup = useSetup();
  const asked = useAsked();
  const navigate = useNavigate();
  const [taxes, setTaxes] = useState(true);
  const [currencies, setCurrencies] = useState(false);
  return (
    <Panel title={t.connection.setup} note={t.connection.setupText}>
      <Checkbox label={t.connection.setupTaxes} checked={taxes} onChange={(event) => setTaxes(event.currentTarget.checked)} />
      <Checkbox label={t.connection.setupCurrencies} checked={currencies} onChange={(event) => setCurrencies(event.currentTarget.checked)} />
      <Group>
        <ActionButton
          needs="admin"
          loading={setup.isPending}
          because={connection.status !== "connected" && t.connection.setupNeedsConnection}
          onClick={() =>
            asked(setup.mutateAsync({ create_taxes: taxes, create_currencies: currencies }), (run, there) => there && navigate({ to: "/runs/$id", params: { id: run.id } }), notifyProblem)
          }
        >
          {t.connection.setupRun}
        </ActionButton>
      </Group>
    </Panel>
  );
}
