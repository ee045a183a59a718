import { Anchor, Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCircle, IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Budget, IssueGroup, Overview } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Failure, Rows, Stale } from "@/components/states";
import { When } from "@/components/When";
import { connectionQuery } from "@/features/connection/connection.api";
import { mappingQuery } from "@/features/mapping/mapping.api";
import { linkOf } from "@/lib/link";
import { formatAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import { issuesQuery, overviewQuery } from "./overview.api";

export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  return (
    <Page title={t.overview.title}>
      <FirstSteps posted={overview.data?.posted_month.documents ?? 0} />
      {overview.isPending ? <Rows count={5} /> : null}
      {overview.isError && !overview.data ? <Failure error={overview.error} retry={() => overview.refetch()} /> : null}
      {overview.isError && overview.data ? <Stale retry={() => overview.refetch()} /> : null}
      <Waiting />
      {overview.data ? (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Posted overview={overview.data} />
          <Calls budget={overview.data.budget} />
        </SimpleGrid>
      ) : null}
    </Page>
  );
}

/** shown until something was posted: what is left to do, in order */
function FirstSteps({ posted }: { posted: number }) {
  const { data: connection } = useQuery(connectionQuery);
  const { data: taxes } = useQuery(mappingQuery("taxes"));
  if (posted > 0 || !connection) return null;
  const mapped = (taxes?.items ?? []).some((item) => item.zoho_id);
  const steps: [keyof typeof t.overview.steps, string, boolean][] = [
    ["connect", "/configuration", connection.status === "connected"],
    ["map", "/mapping", mapped],
    ["sync", "/synchronization", false],
  ];
  return (
    <Panel title={t.overview.start}>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: "none" }}>
        {steps.map(([key, to, done]) => (
          <Group component="li" key={key} gap="sm" wrap="nowrap" align="flex-start">
            {done ? <IconCircleCheck size={22} aria-hidden color="var(--mantine-color-anchor)" /> : <IconCircle size={22} aria-hidden />}
            <div>
              <Anchor component={Link} to={to} fw={600}>
                {t.overview.steps[key]?.[0]}
              </Anchor>
              <Text size="sm" c="dimmed">
                {done ? `${t.overview.done}. ` : ""}
                {t.overview.steps[key]?.[1]}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function Waiting() {
  const issues = useQuery(issuesQuery);
  if (!issues.data) return issues.isError ? <Failure error={issues.error} retry={() => issues.refetch()} /> : null;
  const items = issues.data.items;
  return (
    <Panel title={t.overview.waiting} note={items.length > 0 ? t.overview.waitingIntro : undefined} actions={items.length > 0 ? <Anchor component={Link} to="/issues" size="sm">{t.issues.all}</Anchor> : undefined}>
      {items.length === 0 ? <Text c="dimmed">{t.overview.waitingNone}</Text> : null}
      {items.map((item) => (
        <Cause key={item.code} item={item} />
      ))}
    </Panel>
  );
}

function Cause({ item }: { item: IssueGroup }) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" wrap="wrap">
      <div style={{ flex: "1 1 20rem" }}>
        <Text fw={600}>{item.title}</Text>
        <Text size="sm" c="dimmed">
          {item.explanation} {item.action}
        </Text>
      </div>
      <div style={{ textAlign: "right" }}>
        <Text size="sm">{t.overview.affects(item.count)}</Text>
        {item.amount_by_currency.map((sum) => (
          <Text size="sm" key={sum.currency}>
            <Amount value={sum.amount} currency={sum.currency} />
          </Text>
        ))}
        <Anchor component={Link} {...linkOf(item.link)} size="sm">
          {t.overview.open}
        </Anchor>
      </div>
    </Group>
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
    <Panel title={t.overview.posted}>
      {line(t.overview.postedToday, overview.posted_today)}
      {line(t.overview.postedMonth, overview.posted_month)}
    </Panel>
  );
}

function Calls({ budget }: { budget: Budget | null }) {
  if (!budget) {
    return (
      <Panel title={t.overview.budget}>
        <Text c="dimmed">{t.overview.budgetUnknown}</Text>
      </Panel>
    );
  }
  const { day, minute } = budget;
  const used = day.limit > 0 ? ((day.limit - day.left) / day.limit) * 100 : 0;
  return (
    <Panel title={t.overview.budget}>
      <Text>{t.overview.today(formatAmount(String(day.left)), formatAmount(String(day.limit)))}</Text>
      <Progress value={used} aria-label={t.overview.budget} />
      <Text size="sm" c="dimmed">
        {t.overview.byUs} {day.used_by_us} · {t.overview.byOthers} {day.used_by_others} · {t.overview.minute(String(minute.used), String(minute.limit))}
      </Text>
      <Text size="sm" c="dimmed">
        {t.overview.resets} <When at={day.resets_at} />
      </Text>
      {budget.paused_until ? (
        <Text size="sm">
          {t.overview.paused} <When at={budget.paused_until} />
        </Text>
      ) : null}
    </Panel>
  );
}
