import { Anchor, Text } from "@mantine/core";
import { IconCircleDashed } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { guideQuery, isDone } from "./start.api";

/** by the rail's foot while something of the way in is open */
export function StartChip({ className }: { className?: string }) {
  const { data: steps = [] } = useQuery(guideQuery);
  if (steps.length === 0 || isDone(steps)) return null;
  const done = steps.filter((step) => step.state === "done").length;
  return (
    <Anchor component={Link} to="/start" className={className} underline="never" c="inherit">
      <IconCircleDashed size={18} aria-hidden />
      <Text span inherit>
        {t.start.chip(done, steps.length)}
      </Text>
    </Anchor>
  );
}
