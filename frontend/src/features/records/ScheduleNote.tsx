import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "@/components/states";
import { When } from "@/components/When";
import { scheduleQuery } from "@/features/schedule/schedule.api";
import type { Section } from "@/lib/sections";
import { sectionAdvice, t } from "@/lib/texts";

/** whether anything here is sent by itself, how to send by hand, and what comes first */
export function ScheduleNote({ section }: { section: Section }) {
  const { data } = useQuery(scheduleQuery);
  if (!data) return null;
  const on = data.enabled && !data.paused;
  return (
    <Note wide>
      {on ? (
        <>
          {t.schedule.on}. {t.schedule.next}: <When at={data.next_run_at} />.
        </>
      ) : (
        <>
          {t.schedule.offShort} {t.schedule.byHand[section]}
        </>
      )}{" "}
      {sectionAdvice[section]}{" "}
      <Anchor component={Link} to="/configuration/schedule" inherit underline="always">
        {t.schedule.open}
      </Anchor>
    </Note>
  );
}
