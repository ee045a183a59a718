import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Reconciliation } from "@/api/types";
import { notifyDone, told } from "@/components/notify";
import { Page } from "@/components/Page";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { settingsQuery } from "@/features/settings/settings.api";
import { t } from "@/lib/texts";
import { dayIn } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { Closing } from "./Closing";
import { DayTable } from "./DayTable";
import { Differences } from "./Differences";
import { PeriodBar } from "./PeriodBar";
import { type Period, periodName, periodOf, type ReconciliationSearch } from "./period";
import { reconciliationQuery, useDownload } from "./reconciliation.api";
import { Reading } from "./Reading";
import { TotalsTable } from "./TotalsTable";
import { Verdict } from "./Verdict";

/** the sides of a range of days beside each other, and what cures each difference */
export function ReconciliationPage({ search }: { search: ReconciliationSearch }) {
  const today = dayIn(useZone(), new Date());
  const navigate = useNavigate();
  const period = periodOf(search, today);
  const backwards = period.to < period.from;
  const found = useQuery({ ...reconciliationQuery(period, search.hotel), enabled: !backwards });
  const change = (next: Partial<ReconciliationSearch>) =>
    navigate({ to: "/reconciliation", search: { ...search, ...next } as never, replace: true });
  return (
    <Page title={t.reconciliation.title} intro={t.reconciliation.intro} actions={<><LedgerLink /><Download period={period} hotel={search.hotel} off={backwards} /></>}>
      <PeriodBar period={period} hotel={search.hotel} today={today} change={change} />
      {!backwards && found.isPending ? <Rows count={10} /> : null}
      {found.isError && !found.data ? <Failure error={found.error} retry={() => found.refetch()} /> : null}
      {found.isError && found.data ? <Stale retry={() => found.refetch()} /> : null}
      {found.data && !backwards ? (
        <div aria-busy={found.isPlaceholderData} style={{ display: "grid", gap: "var(--mantine-spacing-lg)", opacity: found.isPlaceholderData ? 0.55 : 1 }}>
          <Reading found={found.data} period={period} />
          {found.isPlaceholderData ? null : <Closing found={found.data} period={period} hotel={search.hotel} today={today} />}
          <Found found={found.data} search={search} change={change} />
        </div>
      ) : null}
    </Page>
  );
}

/** there is a guest ledger as soon as revenue by the night has a first day */
function LedgerLink() {
  const settings = useQuery(settingsQuery).data;
  if (!settings?.revenue?.from) return null;
  return <Button component={Link} to="/guest-ledger" variant="default">{t.ledger.title}</Button>;
}

function Found(props: { found: Reconciliation; search: ReconciliationSearch; change: (next: Partial<ReconciliationSearch>) => void }) {
  const { found } = props;
  if (found.rows.length === 0 && found.differences.length === 0) return <Nothing found={found} />;
  // before both sides were read there is nothing to compare, and every row would look like a difference
  if (found.as_of === null && found.differences.length === 0) return null;
  return (
    <>
      <Verdict found={found} />
      <Differences items={found.differences} />
      <TotalsTable rows={found.rows} />
      <DayTable rows={found.rows} search={props.search} change={props.change} />
    </>
  );
}

function Nothing({ found }: { found: Reconciliation }) {
  return (
    <div aria-live="polite">
      <Empty title={t.reconciliation.empty(periodName(found))}>{t.reconciliation.emptyText}</Empty>
    </div>
  );
}

function Download({ period, hotel, off }: { period: Period; hotel: string | undefined; off: boolean }) {
  const file = useDownload();
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={17} aria-hidden />}
      loading={file.isPending}
      disabled={off}
      onClick={() => told(file.mutateAsync({ period, hotel }), () => notifyDone(t.reconciliation.csvDone))}
    >
      {t.reconciliation.csv}
    </Button>
  );
}
