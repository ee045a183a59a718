import { Anchor, Button, Popover } from "@mantine/core";
import { IconClockPause, IconClockPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Note } from "@/components/states";
import { When } from "@/components/When";
import { scheduleQuery } from "@/features/schedule/schedule.api";
import type { Section } from "@/lib/sections";
import { sectionAdvice, t } from "@/lib/texts";

/** the same in two words beside the list, and the whole sentence on request */
export function ScheduleChip({ section }: { section: Section }) {
  const { data } = useQuery(scheduleQuery);
  if (!data) return null;
  const on = data.enabled && !data.paused;
  const Icon = on ? IconClockPlay : IconClockPause;
  return (
    <Popover position="bottom-end" width={340} withinPortal shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="compact-sm" leftSection={<Icon size={15} aria-hidden />}>
          {on ? t.schedule.chipOn : t.schedule.chipOff}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={on ? t.schedule.chipOn : t.schedule.chipOff}>
        <ScheduleNote section={section} />
      </Popover.Dropdown>
    </Popover>
  );
}

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
