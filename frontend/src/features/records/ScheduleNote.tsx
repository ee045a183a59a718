import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "@/components/states";
import { When } from "@/components/When";
import { scheduleQuery } from "@/features/schedule/schedule.api";
import type { Section } from "@/lib/sections";
import { t } from "@/lib/texts";

/** whether anything here is sent by itself, and how to send by hand */
export function ScheduleNote({ section }: { section: Section }) {
  const { data } = useQuery(scheduleQuery);
  if (!data) return null;
  const link = (
    <Anchor component={Link} to="/configuration/schedule" inherit underline="always">
      {t.schedule.open}
    </Anchor>
  );
  if (!data.enabled || data.paused) {
    return (
      <Note>
        {t.schedule.offShort} {t.schedule.byHand[section]} {link}
      </Note>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {t.schedule.on}. {t.schedule.next}: <When at={data.next_run_at} />. {link}
    </Text>
  );
}
