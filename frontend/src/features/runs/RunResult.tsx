// The result of a run is shaped by its kind; each shape is read here, once, and carefully.

import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHistory } from "@tabler/icons-react";
import { asTick } from "@/api/contract";
import type { Run, SetupStep } from "@/api/types";
import { Chip } from "@/components/Chip";
import { Panel } from "@/components/Panel";
import { PreviewFigures } from "@/features/records/Preview";
import { setupStepName, t } from "@/lib/texts";
import { TickTable } from "./TickTable";
import classes from "./RunResult.module.css";

export function setupSteps(run: Run): SetupStep[] {
  const result: unknown = run.result;
  if (typeof result !== "object" || result === null || !("steps" in result) || !Array.isArray(result.steps)) return [];
  return result.steps as SetupStep[];
}

export function RunResult({ run }: { run: Run }) {
  const steps = setupSteps(run);
  if (steps.length > 0) {
    return (
      <Panel title={t.connection.setupResult}>
        <SetupSteps steps={steps} />
      </Panel>
    );
  }
  const tick = run.kind === "tick" || run.kind === "daily" ? asTick(run.result) : null;
  if (tick) {
    return (
      <Panel title={t.runs.result}>
        <TickTable result={tick} />
      </Panel>
    );
  }
  if (run.kind === "preview" && run.result) {
    return (
      <Panel title={t.runs.result} note={t.verb.preview.nothing}>
        <PreviewFigures run={run} />
      </Panel>
    );
  }
  return null;
}

const stepChip = {
  done: ["good", IconCircleCheck],
  existed: ["quiet", IconHistory],
  refused: ["bad", IconCircleX],
  needed: ["attention", IconAlertTriangle],
} as const;

/** what needs a person stands first */
function needsPerson(step: SetupStep): boolean {
  return step.status === "needed" || step.status === "refused";
}

export function SetupSteps({ steps }: { steps: SetupStep[] }) {
  return (
    <ul className={classes.steps}>
      {[...steps].sort((a, b) => Number(needsPerson(b)) - Number(needsPerson(a))).map((step) => {
        const [tone, icon] = stepChip[step.status] ?? stepChip.needed;
        return (
          <li key={step.name}>
            <div>
              <Chip tone={tone} icon={icon}>
                {t.connection.step[step.status] ?? step.status}
              </Chip>
            </div>
            <div>
              <strong>{setupStepName(step.name)}</strong>
              <p>{step.detail}</p>
              {step.action ? <p className={classes.action}>{step.action}</p> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
