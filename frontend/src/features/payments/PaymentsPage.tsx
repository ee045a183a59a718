import { Anchor, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ActionButton } from "@/components/ActionButton";
import { confirm } from "@/components/confirm";
import { LinkTabs } from "@/components/LinkTabs";
import { notifyDone, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { Note } from "@/components/states";
import { RunBar } from "@/features/runs/RunProgress";
import { activeRunsQuery } from "@/features/runs/runs.api";
import { settingsQuery } from "@/features/settings/settings.api";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import { ImportedList } from "./ImportedList";
import { StatementTable } from "./StatementTable";
import { type PaymentsSearch, useImport } from "./payments.api";

/** payments that somebody recorded in Zoho Books: one by one, and added up */
export function PaymentsPage({ view, search }: { view: "list" | "statements"; search: PaymentsSearch }) {
  return (
    <Page title={t.payments.title} intro={t.payments.intro} actions={<ImportButtons />}>
      <LinkTabs
        label={t.payments.tabs}
        current={view}
        tabs={[
          { key: "list", label: t.payments.list, link: { to: "/payments" } },
          { key: "statements", label: t.payments.statements, link: { to: "/payments/statements" } },
        ]}
      />
      <Importing />
      {view === "list" ? (
        <>
          <Note>
            {t.payments.imports}{" "}
            <Anchor component={Link} to="/configuration/payments" inherit underline="always">
              {t.payments.openSettings}
            </Anchor>
          </Note>
          <ImportedList search={search} />
        </>
      ) : (
        <StatementTable search={search} />
      )}
    </Page>
  );
}

function ImportButtons() {
  const start = useImport();
  const { data: settings } = useQuery(settingsQuery);
  const { data: runs = [] } = useQuery(activeRunsQuery);
  const busy = runs.some((run) => run.kind === "import") && t.payments.running;
  const begin = (scope: "new" | "all") => told(start.mutateAsync(scope), () => notifyDone(t.payments.started));
  const from = settings?.payments?.import_from_date ?? null;
  return (
    <>
      <ActionButton needs="accountant" because={busy} loading={start.isPending && start.variables === "new"} onClick={() => begin("new")}>
        {t.payments.importNew}
      </ActionButton>
      <ActionButton
        needs="accountant"
        variant="default"
        because={busy}
        loading={start.isPending && start.variables === "all"}
        onClick={() =>
          confirm({
            title: t.payments.importAllTitle,
            text: t.payments.importAllText(from && formatDay(from)),
            confirm: t.payments.importAll,
            cancel: t.cancel,
            act: () => begin("all"),
          })
        }
      >
        {t.payments.importAll}
      </ActionButton>
    </>
  );
}

function Importing() {
  const { data: runs = [] } = useQuery(activeRunsQuery);
  const run = runs.find((one) => one.kind === "import");
  if (!run) return null;
  return (
    <Group className="q-panel" p="md" gap="md" maw={720}>
      <Anchor component={Link} to={`/runs/${run.id}`} fw={550}>
        {t.payments.running}
      </Anchor>
      <div style={{ flex: 1, minWidth: 120 }}>
        <RunBar run={run} label={t.payments.running} />
      </div>
    </Group>
  );
}
