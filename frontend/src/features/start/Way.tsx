import { Button, Group, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { GuideStep } from "@/api/types";
import { t } from "@/lib/texts";
import { firstOpen, isDone } from "./start.api";

/** on the overview while something of the way in is open: how far, what is next, and a way there */
export function Way({ steps }: { steps: readonly GuideStep[] }) {
  if (steps.length === 0 || isDone(steps)) return null;
  const next = steps.find((step) => step.key === firstOpen(steps));
  return (
    <section className="q-panel" style={{ padding: "0.8rem 1rem" }} aria-label={t.start.title}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          <strong>{t.start.chip(steps.filter((step) => step.state === "done").length, steps.length)}.</strong> {next ? `${t.start.name[next.key]}: ${next.detail}` : ""}
        </Text>
        <Button component={Link} to="/start" size="compact-sm" variant="default" rightSection={<IconArrowRight size={15} aria-hidden />}>
          {t.start.goOnSetup}
        </Button>
      </Group>
    </section>
  );
}
