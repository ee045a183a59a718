import { Group, Stack } from "@mantine/core";
import { IconArrowRight, IconCircle, IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { GuideStep } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Failure, Note, Rows, Stale } from "@/components/states";
import { t } from "@/lib/texts";
import { CheckStep } from "./CheckStep";
import { ConnectStep } from "./ConnectStep";
import { MapStep } from "./MapStep";
import { RehearseStep } from "./RehearseStep";
import { SetUpStep } from "./SetUpStep";
import { firstOpen, guideQuery, isDone } from "./start.api";
import classes from "./Start.module.css";
import { SwitchOnStep } from "./SwitchOnStep";

export type StartSearch = { step?: string; connected?: string };

/** the way in: six steps, each computed from what stands, each open to be looked at again */
export function StartPage({ search }: { search: StartSearch }) {
  const guide = useQuery(guideQuery);
  const navigate = useNavigate();
  if (guide.isPending) return <Page title={t.start.title}><Rows count={6} /></Page>;
  if (!guide.data) return <Page title={t.start.title}><Failure error={guide.error} retry={() => guide.refetch()} /></Page>;
  const steps = guide.data;
  const key = steps.some((step) => step.key === search.step) ? (search.step as string) : firstOpen(steps);
  const at = steps.findIndex((step) => step.key === key);
  const step = steps[at];
  const go = (to: string | undefined) => navigate({ to: "/start", search: to ? { step: to } : {} });
  const next = steps[at + 1]?.key;
  return (
    <Page title={t.start.title} intro={isDone(steps) ? t.start.allDone : t.start.intro}>
      {guide.isError ? <Stale retry={() => guide.refetch()} /> : null}
      <div className={classes.page}>
        <StepList steps={steps} current={key} />
        {step ? (
          <Stack gap="lg">
            {step.state === "blocked" ? <Note>{t.start.blocked}</Note> : null}
            <StepBody step={step} next={() => go(next)} connected={search.connected !== undefined} />
            {next && step.state !== "blocked" && key !== "connect" && key !== "map" ? (
              <Group>
                <ActionButton needs="viewer" variant={step.state === "done" ? "filled" : "default"} rightSection={<IconArrowRight size={17} aria-hidden />} onClick={() => go(next)}>
                  {t.start.goOn}
                </ActionButton>
              </Group>
            ) : null}
          </Stack>
        ) : null}
      </div>
    </Page>
  );
}

function StepBody({ step, next, connected }: { step: GuideStep; next: () => void; connected: boolean }) {
  switch (step.key) {
    case "check":
      return <CheckStep step={step} />;
    case "connect":
      return <ConnectStep />;
    case "set_up":
      return <SetUpStep done={step.state === "done"} begin={connected} finished={next} />;
    case "map":
      return <MapStep done={next} />;
    case "rehearse":
      return <RehearseStep />;
    case "switch_on":
      return <SwitchOnStep />;
    default:
      return <Panel title={t.start.name[step.key] ?? step.key}>{step.detail}</Panel>;
  }
}

const icons = { done: IconCircleCheck, open: IconCircle, blocked: IconCircleDashed } as const;

function StepList({ steps, current }: { steps: readonly GuideStep[]; current: string }) {
  return (
    <nav aria-label={t.start.steps} className={classes.steps}>
      <ol>
        {steps.map((step) => {
          const Icon = icons[step.state as keyof typeof icons] ?? IconCircle;
          return (
            <li key={step.key}>
              <Link to="/start" search={{ step: step.key }} aria-current={step.key === current ? "step" : undefined} className={classes.step}>
                <Icon size={20} stroke={1.8} aria-hidden color={step.state === "done" ? "var(--mantine-color-anchor)" : undefined} />
                <span>
                  {t.start.name[step.key] ?? step.key}
                  <span className="q-visually-hidden">: {t.start.state[step.state] ?? step.state}</span>
                  <small>{step.detail}</small>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
