import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { t } from "@/lib/texts";
import classes from "./Page.module.css";

/** what the browser's tab and history say: the narrowest first */
export function usePageTitle(...parts: (string | undefined)[]) {
  const text = [...new Set(parts.filter(Boolean)), t.product].join(" · ");
  useEffect(() => {
    document.title = text;
  }, [text]);
}

type PageProps = { title: string; tab?: string; intro?: ReactNode; actions?: ReactNode; children: ReactNode };

/** a page's heading, what it is for, its actions, and its content; places: its sections on the heading's line, for a page that is a list */
export function Page(props: PageProps & { places?: ReactNode }) {
  usePageTitle(props.tab, props.title);
  if (props.places) {
    return (
      <div className={classes.list}>
        <div className={classes.line}>
          <Title order={1}>{props.title}</Title>
          {props.places}
          {props.actions ? <div className={classes.actions}>{props.actions}</div> : null}
        </div>
        {props.children}
      </div>
    );
  }
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
