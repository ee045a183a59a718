// What a page shows when it has nothing else to show.

import { Alert, Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle, IconLock, IconPlugConnectedX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { asProblem } from "@/api/problem";
import { t } from "@/lib/texts";

export function Empty(props: { title: string; children?: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <Stack align="flex-start" gap="sm" p={{ base: "md", sm: "xl" }} className="q-panel" maw={720}>
      {props.icon}
      <Title order={2}>{props.title}</Title>
      {props.children ? (
        <Text c="dimmed" maw="60ch">
          {props.children}
        </Text>
      ) : null}
      {props.action}
    </Stack>
  );
}

export function Rows({ count = 8 }: { count?: number }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 6_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap={10} role="status" aria-label={t.loading} p="md" className="q-panel">
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={i} height={22} width={`${96 - ((i * 7) % 24)}%`} />
      ))}
      {slow ? <Text size="sm">{t.health.slow}</Text> : null}
    </Stack>
  );
}

/** any failure, with its cause, what to do, and a way to try again */
export function Failure(props: { error: unknown; retry?: () => void; title?: string; hide?: readonly string[] }) {
  const problem = asProblem(props.error);
  const forbidden = problem.status === 403;
  const others = problem.others(props.hide ?? []);
  // what somebody entered is told field by field; the sentence around it only adds the API's names, and there is nothing to look up
  const entered = problem.code === "validation" && problem.fields.length > 0;
  const icon = forbidden ? <IconLock /> : problem.status === 0 ? <IconPlugConnectedX /> : <IconAlertTriangle />;
  return (
    <Alert
      color={forbidden ? "gray" : "red"}
      variant="default"
      icon={icon}
      role="alert"
      title={forbidden ? t.problem.forbidden : (props.title ?? t.problem.title)}
      styles={{ icon: { color: forbidden ? undefined : "var(--mantine-color-error)" }, root: { borderLeftWidth: 4, borderLeftColor: forbidden ? undefined : "var(--mantine-color-error)" } }}
    >
      <Stack gap={6} align="flex-start">
        {entered ? null : <Text size="sm">{problem.detail}</Text>}
        {others.length < problem.fields.length && entered ? <Text size="sm">{t.problem.marked}</Text> : null}
        {problem.action ? <Text size="sm">{problem.action}</Text> : null}
        {others.map((f) => (
          <Text size="sm" key={`${f.field}${f.message}`}>
            {f.field}: {f.message}
          </Text>
        ))}
        <Group gap="md">
          {props.retry && !forbidden ? (
            <Button size="compact-sm" variant="default" onClick={props.retry}>
              {t.retry}
            </Button>
          ) : null}
          {problem.requestId && !entered ? (
            <Text size="xs" c="dimmed">
              {t.problem.requestId} {problem.requestId}
            </Text>
          ) : null}
        </Group>
      </Stack>
    </Alert>
  );
}

/** shown above old data when a refresh failed */
export function Stale({ retry }: { retry: () => void }) {
  return (
    <Alert variant="default" icon={<IconPlugConnectedX />} py="xs" role="status">
      {t.stale}{" "}
      <Anchor component="button" type="button" onClick={retry} size="sm" underline="always">
        {t.retry}
      </Anchor>
    </Alert>
  );
}

export function Note({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" c="dimmed">
      <IconInfoCircle size={18} stroke={1.7} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <Text size="sm" maw={wide ? "140ch" : "75ch"}>
        {children}
      </Text>
    </Group>
  );
}
