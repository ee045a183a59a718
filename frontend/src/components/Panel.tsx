import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** a titled block of a page */
export function Panel(props: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="q-panel" aria-labelledby={id}>
      <Group
        justify="space-between"
        px="md"
        py="sm"
        gap="sm"
        style={{ borderBottom: "1px solid var(--q-line)" }}
        align="center"
      >
        <Stack gap={0} style={{ flex: "1 1 16rem" }}>
          <Title order={2} id={id}>
            {props.title}
          </Title>
          {props.note ? (
            <Text size="sm" c="dimmed" maw="75ch">
              {props.note}
            </Text>
          ) : null}
        </Stack>
        {props.actions}
      </Group>
      <Stack p="md" gap="md">
        {props.children}
      </Stack>
    </section>
  );
}
