import { Anchor, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { OverviewHealth } from "@/api/types";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";

/** one sentence: whether work goes on by itself, measured by its own schedule */
export function HealthLine({ health }: { health: OverviewHealth }) {
  const zone = useZone();
  const at = (instant: string | null | undefined) => (instant ? formatInstant(instant, zone) : "–");
  const { icon: Icon, text } = said(health, at);
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start" role="status" data-health={health.state}>
      <Icon size={22} stroke={1.8} aria-hidden style={{ flex: "none" }} color={health.state === "on_time" ? "var(--mantine-color-anchor)" : health.state === "off" ? undefined : "var(--mantine-color-error)"} />
      <Text fw={550}>
        {text}{" "}
        {health.state === "off" ? (
          <Anchor component={Link} to="/configuration/automatic" inherit underline="always">
            {t.health.switchOn}
          </Anchor>
        ) : null}
      </Text>
    </Group>
  );
}

function said(health: OverviewHealth, at: (instant: string | null | undefined) => string) {
  if (health.worker_silent) return { icon: IconAlertTriangle, text: `${t.health.worker(health.worker_seen_at ? at(health.worker_seen_at) : null)} ${t.health.workerWait(health.queued_runs)}` };
  switch (health.state) {
    case "on_time":
      return { icon: IconCircleCheck, text: `${health.last_tick_at ? t.health.onTime(at(health.last_tick_at), at(health.next_tick_at)) : t.health.onTimeFirst(at(health.next_tick_at))}${health.worker_seen_at ? ` ${t.health.alive}` : ""}` };
    case "delayed":
      if (health.paused_until) return { icon: IconClock, text: t.health.pausedLate(at(health.paused_until)) };
      return { icon: IconClock, text: `${t.health.late(at(health.last_tick_at))} ${t.health.lateDo}` };
    case "stopped":
      return { icon: IconAlertTriangle, text: `${t.health.stopped(at(health.last_tick_at))} ${t.health.lateDo}` };
    default:
      return { icon: IconPlayerPause, text: t.health.off };
  }
}
