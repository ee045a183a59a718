import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { t } from "@/lib/texts";

/** what the browser's tab and history say: the narrowest first */
export function usePageTitle(...parts: (string | undefined)[]) {
  const text = [...new Set(parts.filter(Boolean)), t.product].join(" · ");
  useEffect(() => {
    document.title = text;
  }, [text]);
}

/** a page's heading, what it is for, its actions, and its content */
export function Page(props: { title: string; tab?: string; intro?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  usePageTitle(props.tab, props.title);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="md">
        <Stack gap={2}>
          <Title order={1}>{props.title}</Title>
          {props.intro ? (
            <Text c="dimmed" maw="75ch">
              {props.intro}
            </Text>
          ) : null}
        </Stack>
        {props.actions ? <Group gap="sm">{props.actions}</Group> : null}
      </Group>
      {props.children}
    </Stack>
  );
}
