import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import healthClasses from "@/features/health/HealthBar.module.css";
import { live, usePaused } from "@/lib/live";
import { t } from "@/lib/texts";

function useResume() {
  const client = useQueryClient();
  return () => {
    live.pause(false);
    client.invalidateQueries(); // what was missed
  };
}

/** the next look that a page has set itself is called off, too */
function pause(client: QueryClient) {
  live.pause(true);
  for (const query of client.getQueryCache().getAll()) for (const observer of query.observers) observer.setOptions(observer.options);
}

/** stops what changes by itself, to read in peace; what one does oneself is still shown */
export function PauseButton() {
  const client = useQueryClient();
  const paused = usePaused();
  const resume = useResume();
  const Icon = paused ? IconPlayerPlay : IconPlayerPause;
  return (
    <ActionIcon variant="transparent" c="inherit" aria-label={paused ? t.keys.resume : t.keys.pause} title={paused ? t.keys.resume : t.keys.pause} onClick={paused ? resume : () => pause(client)}>
      <Icon size={19} stroke={1.7} />
    </ActionIcon>
  );
}

/** said on every page while it lasts */
export function PausedBar() {
  const resume = useResume();
  if (!usePaused()) return null;
  return (
    <Group gap="sm" wrap="nowrap" className={healthClasses.bar} data-tone="attention" role="status">
      <IconPlayerPause size={19} aria-hidden />
      <Text size="sm">
        <strong>{t.keys.paused}.</strong> {t.keys.pausedText}
      </Text>
      <Button size="compact-sm" variant="default" onClick={resume}>
        {t.keys.resumeShort}
      </Button>
    </Group>
  );
}
