import { Group, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import type { Overview } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Failure, Rows, Stale } from "@/components/states";
import { Way } from "@/features/start/Way";
import { recall } from "@/lib/remember";
import { dayIn } from "@/lib/time";
import { t } from "@/lib/texts";
import { Calls } from "./Calls";
import { Causes } from "./Causes";
import { Days } from "./Days";
import { HealthLine } from "./HealthLine";
import { Months } from "./Months";
import { overviewQuery } from "./overview.api";
import { PhaseBand } from "./PhaseBand";

export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  const data = overview.data;
  const steps = data?.guide?.steps ?? [];
  const fresh = steps.some((step) => step.key === "connect" && step.state === "open") && steps.some((step) => step.key === "set_up" && step.state !== "done");
  // a fresh installation begins with the way in; whoever has seen it may come back here
  if (fresh && recall("start.seen") === undefined) return <Navigate to="/start" search={{}} replace />;
  return (
    <Page title={t.overview.title}>
      {overview.isPending ? <Rows count={5} /> : null}
      {overview.isError && !data ? <Failure error={overview.error} retry={() => overview.refetch()} /> : null}
      {overview.isError && data ? <Stale retry={() => overview.refetch()} /> : null}
      {data?.health ? <HealthLine health={data.health} /> : null}
      <Way steps={steps} />
      <Causes />
      {data ? <Figures overview={data} /> : null}
    </Page>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const today = dayIn(overview.time_zone ?? undefined, new Date());
  return (
    <>
      <PhaseBand orders={overview.orders ?? {}} today={today} />
      <Days days={overview.days ?? []} today={today} />
      <Months months={overview.months ?? []} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Posted overview={overview} />
        <Calls budget={overview.budget} calls={overview.calls_left ?? []} />
      </SimpleGrid>
    </>
  );
}

function Posted({ overview }: { overview: Overview }) {
  const line = (name: string, total: Overview["posted_today"]) => (
    <Group justify="space-between" align="flex-start" key={name}>
      <Text fw={550}>{name}</Text>
      <div className="q-num">
        <Text inherit>{total.documents === 0 ? t.overview.nothingPosted : t.overview.documents(total.documents)}</Text>
        {total.by_currency.map((sum) => (
          <Text size="sm" key={sum.currency}>
            <Amount value={sum.amount} currency={sum.currency} />
          </Text>
        ))}
      </div>
    </Group>
  );
  return (
    <Panel title={t.overview.posted} note={t.overview.postedNote}>
      {line(t.overview.postedToday, overview.posted_today)}
      {line(t.overview.postedMonth, overview.posted_month)}
    </Panel>
  );
}
