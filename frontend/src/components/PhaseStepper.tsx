import { IconArrowRight, IconBan, IconCircleCheck, IconCircleDashed, IconMinus } from "@tabler/icons-react";
import { isOneOf, type Phase, phases } from "@/lib/sections";
import { phaseMeaning, phaseName, phaseState } from "@/lib/texts";
import { Chip } from "./Chip";
import classes from "./PhaseStepper.module.css";

const path = ["order_sync", "invoice_sync", "payment_sync", "synced"] as const satisfies readonly Phase[];

/** how many of the three steps before Synced are finished */
function finished(phase: Phase): number {
  return path.indexOf(phase as (typeof path)[number]);
}

/** a phase in a row of a list: three squares that fill up, and its word */
export function PhaseMark({ phase }: { phase: string | null | undefined }) {
  if (!isOneOf(phases, phase)) return <>–</>;
  if (phase === "canceled") return <Chip plain tone="quiet" icon={IconBan} hint={phaseMeaning.canceled}>{phaseName.canceled}</Chip>;
  const done = finished(phase);
  return (
      <span className={classes.phase} title={phaseMeaning[phase]}>
        <span className={classes.track} aria-hidden>
          {[0, 1, 2].map((at) => (
            <i key={at} data-done={at < done || undefined} />
          ))}
        </span>
        {phaseName[phase]}
      </span>
  );
}

/** the way of an order, as users know it: which step is finished, which is next */
export function PhaseStepper({ phase, salesOrders }: { phase: string | null | undefined; salesOrders: boolean }) {
  if (!isOneOf(phases, phase)) return null;
  if (phase === "canceled") {
    return (
      <div>
        <Chip tone="quiet" icon={IconBan}>{phaseName.canceled}</Chip>
        <p className={classes.note}>{phaseMeaning.canceled}</p>
      </div>
    );
  }
  const at = finished(phase);
  return (
    <div>
      <ol className={classes.steps} aria-label={phaseState.label}>
        {path.map((step, index) => {
          const unused = step === "order_sync" && !salesOrders && at > 0;
          const state = index < at || phase === "synced" ? "done" : index === at ? "now" : "later";
          const Icon = unused ? IconMinus : state === "done" ? IconCircleCheck : state === "now" ? IconArrowRight : IconCircleDashed;
          return (
            <li key={step} className={classes.step} data-state={unused ? "later" : state} aria-current={state === "now" ? "step" : undefined}>
              <span>
                <Icon size={15} aria-hidden />
                {phaseName[step]}
                <span className="q-visually-hidden">: {unused ? phaseState.unused : phaseState[state]}</span>
              </span>
            </li>
          );
        })}
      </ol>
      <p className={classes.note}>
        {phaseMeaning[phase]} {!salesOrders && at > 0 ? phaseState.noSalesOrders : ""}
      </p>
    </div>
  );
}
