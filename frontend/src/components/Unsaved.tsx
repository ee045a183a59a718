import { Button, Group, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useRef } from "react";
import { Dialog } from "@/components/Dialog";
import { ActionButton } from "@/components/ActionButton";
import type { Role } from "@/lib/sections";
import { t } from "@/lib/texts";
import classes from "./Unsaved.module.css";

type Props = {
  /** how many changes are not saved; 0 = leave freely */
  count: number;
  needs: Role;
  /** saves, and tells whether that worked */
  save: () => Promise<boolean>;
  discard: () => void;
  saving?: boolean;
  label?: string;
  /** may be saved though nothing was changed, as a choice that stands already */
  asIs?: boolean;
  because?: string | false;
};

/** asks before unsaved changes are left behind; another filter of the same page is no leaving */
export function UnsavedGuard({ count, needs, save, discard, saving }: Pick<Props, "count" | "needs" | "save" | "discard" | "saving">) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => count > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: () => count > 0,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Dialog onClose={blocker.reset} title={t.unsaved.title(count)}>
      <Stack gap="md">
        <Text size="sm">{t.unsaved.text}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={blocker.reset}>
            {t.unsaved.stay}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              discard();
              blocker.proceed();
            }}
          >
            {t.unsaved.leave}
          </Button>
          <ActionButton needs={needs} loading={saving} data-autofocus onClick={async () => ((await save()) ? blocker.proceed() : blocker.reset())}>
            {t.unsaved.save}
          </ActionButton>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** the way to save, always in sight while there is something to save */
export function SaveBar(props: Props) {
  const { count } = props;
  const save = useRef<HTMLButtonElement>(null);
  return (
    <>
      <div className={classes.bar} data-at-foot={count > 0 || props.asIs ? "save" : undefined}>
        <Group gap="sm">
          <ActionButton ref={save} needs={props.needs} type="submit" loading={props.saving} because={props.because || (count === 0 && !props.asIs && t.unsaved.nothing)}>
            {props.label ?? t.save}
          </ActionButton>
          {count > 0 ? (
            <>
              <Button
                variant="default"
                onClick={() => {
                  save.current?.focus(); // this button goes away
                  props.discard();
                }}
              >
                {t.discard}
              </Button>
              <Text size="sm" role="status">
                {t.unsaved.bar(count)}
              </Text>
            </>
          ) : null}
        </Group>
      </div>
      <UnsavedGuard {...props} />
    </>
  );
}
