import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { IssueGroup } from "@/api/types";
import { Amount } from "@/components/Amount";
import { Panel } from "@/components/Panel";
import { Failure } from "@/components/states";
import { When } from "@/components/When";
import { Cures } from "@/features/issues/Cures";
import { keyOf, waitsForYou } from "@/features/issues/issues";
import { linkOf } from "@/lib/link";
import { t } from "@/lib/texts";
import { issuesQuery } from "./overview.api";

/** what waits for a person, each cause with its cure as a button; below, what goes on by itself */
export function Causes() {
  const issues = useQuery(issuesQuery);
  if (!issues.data) return issues.isError ? <Failure error={issues.error} retry={() => issues.refetch()} /> : null;
  const yours = issues.data.items.filter(waitsForYou);
  const others = issues.data.items.filter((item) => item.waits_for === "time");
  return (
    <>
      <Panel
        title={t.overview.waiting}
        note={yours.length > 0 ? t.overview.waitingIntro : undefined}
        actions={
          issues.data.items.length > 0 ? (
            <Anchor component={Link} to="/issues" size="sm">
              {t.issues.all}
            </Anchor>
          ) : undefined
        }
      >
        {yours.length === 0 ? <Text c="dimmed">{t.overview.waitingNone}</Text> : null}
        {yours.map((item) => (
          <Cause key={keyOf(item)} item={item} />
        ))}
      </Panel>
      {others.length > 0 ? (
        <Panel title={t.overview.byItself}>
          {others.map((item) => (
            <Cause key={keyOf(item)} item={item} />
          ))}
        </Panel>
      ) : null}
    </>
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
        <Cures item={item} most={2} />
      </div>
      <div style={{ textAlign: "right" }}>
        {item.kind === "runs" || item.kind === "worker" ? null : <Text size="sm">{t.overview.affects(item.count)}</Text>}
        {item.amount_by_currency.map((sum) => (
          <Text size="sm" key={sum.currency}>
            <Amount value={sum.amount} currency={sum.currency} />
          </Text>
        ))}
        {item.first_seen ? (
          <Text size="sm" c="dimmed">
            {t.overview.since("")}
            <When at={item.first_seen} />
          </Text>
        ) : null}
        <Anchor component={Link} {...linkOf(item.link)} size="sm">
          {item.kind === "runs" ? t.health.look : t.overview.open}
        </Anchor>
      </div>
    </Group>
  );
}
