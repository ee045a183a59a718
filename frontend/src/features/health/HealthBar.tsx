import { Anchor, Code, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconHandStop, IconWifiOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Connection, IssueGroup, Overview } from "@/api/types";
import { connectionQuery } from "@/features/connection/connection.api";
import { issuesQuery, overviewQuery } from "@/features/overview/overview.api";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useOnline } from "@/lib/online";
import { useZone } from "@/lib/zone";
import classes from "./HealthBar.module.css";

export type Standing = { key: string; tone: "bad" | "attention"; what: string; safe: string; cure?: ReactNode };

type Seen = { overview?: Overview; connection?: Connection; issues?: IssueGroup[]; online: boolean; at: (instant: string) => string };

/** what stands still, the most pressing first: since when, what is safe, what to do */
export function standing({ overview, connection, issues = [], online, at }: Seen): Standing[] {
  const list: Standing[] = [];
  if (!online) list.push({ key: "offline", tone: "attention", what: t.health.offline, safe: t.health.offlineDo });
  const health = overview?.health;
  if (health?.down?.includes("database")) list.push({ key: "database", tone: "bad", what: t.health.database, safe: t.health.databaseDo });
  if (health?.down?.includes("redis")) list.push({ key: "redis", tone: "bad", what: t.health.redis, safe: t.health.redisDo });
  else if (health?.worker_silent) {
    list.push({
      key: "worker",
      tone: "bad",
      what: t.health.worker(health.worker_seen_at ? at(health.worker_seen_at) : null),
      safe: t.health.workerWait(health.queued_runs),
      cure: (
        <>
          {t.health.workerDo} <Code>{t.health.workerCommand}</Code>
        </>
      ),
    });
  }
  if (connection?.status === "revoked") list.push({ key: "revoked", tone: "bad", what: t.health.revoked, safe: t.health.revokedDo, cure: <To to="/configuration">{t.health.reconnect}</To> });
  if (health && health.waiting_runs > 0) {
    const first = issues.find((item) => item.kind === "runs");
    list.push({ key: "brake", tone: "attention", what: first?.title ? `${first.title}.` : t.health.brake(health.waiting_runs), safe: t.health.brakeDo, cure: <To to={first?.link ?? "/issues"}>{t.health.look}</To> });
  }
  const delayed = (code: string) => issues.find((item) => item.waits_for === "time" && item.code === code);
  if (delayed("daily_limit") && overview?.budget) list.push({ key: "daily", tone: "attention", what: t.health.daily, safe: t.health.dailyDo(at(overview.budget.day.resets_at)) });
  if (health?.paused_until) list.push({ key: "paused", tone: "attention", what: t.health.paused, safe: t.health.dailyDo(at(health.paused_until)) });
  const zoho = delayed("zoho_unavailable") ?? issues.find((item) => item.code === "zoho_unavailable");
  if (zoho) list.push({ key: "zoho", tone: "attention", what: `${t.health.zoho}${zoho.first_seen ? ` ${t.health.since} ${at(zoho.first_seen)}.` : ""}`, safe: t.health.zohoDo, cure: <To to="/issues">{t.health.look}</To> });
  return list;
}

function To({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Anchor component={Link} to={to} inherit underline="always" fw={550}>
      {children}
    </Anchor>
  );
}

/** above every page while something stands still */
export function HealthBar() {
  const { data: overview } = useQuery(overviewQuery);
  const { data: connection } = useQuery(connectionQuery);
  const { data: issues } = useQuery(issuesQuery);
  const online = useOnline();
  const zone = useZone();
  const list = standing({ overview, connection, issues: issues?.items, online, at: (instant) => formatInstant(instant, zone) });
  return (
    <section aria-label={t.health.label} aria-live="polite">
      {list.map((one) => (
        <Group key={one.key} gap="sm" wrap="nowrap" align="flex-start" className={classes.bar} data-tone={one.tone}>
          {one.key === "offline" ? <IconWifiOff size={19} aria-hidden /> : one.key === "brake" ? <IconHandStop size={19} aria-hidden /> : <IconAlertTriangle size={19} aria-hidden />}
          <Text size="sm">
            <strong>{one.what}</strong> {one.safe} {one.cure}
          </Text>
        </Group>
      ))}
    </section>
  );
}
