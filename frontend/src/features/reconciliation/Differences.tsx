import { Anchor, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconCopyX, IconGhost2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Difference, Side } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { Chip } from "@/components/Chip";
import { Outside } from "@/components/Outside";
import { Panel } from "@/components/Panel";
import { focusOn } from "@/lib/focus";
import { recordLink } from "@/lib/link";
import { formatDay } from "@/lib/time";
import { t } from "@/lib/texts";
import { CureDialog, cureNeeds } from "./CureDialog";
import classes from "./Reconciliation.module.css";

const look = {
  missing: ["bad", IconCircleX],
  orphan: ["attention", IconGhost2],
  duplicate: ["bad", IconCopyX],
  different: ["attention", IconAlertTriangle],
} as const;

const keyOf = (one: Difference) => `${one.kind} ${one.flow}:${one.source_id} ${one.zoho_id ?? ""}`;

/** every document on which the sides do not agree, with its cure */
export function Differences({ items }: { items: Difference[] }) {
  const [curing, setCuring] = useState<Difference | null>(null);
  const [asked, setAsked] = useState<Record<string, string>>({});
  if (items.length === 0) return null;
  // back to where it was asked: the button, or the words that stand there now
  const close = (of: Difference) => {
    setCuring(null);
    focusOn(`[data-cure="${CSS.escape(keyOf(of))}"]`);
  };
  return (
    <Panel title={t.reconciliation.differences} note={t.reconciliation.differencesNote}>
      <div className={classes.list}>
        {items.map((one) => (
          <Item key={keyOf(one)} item={one} asked={keyOf(one) in asked} run={asked[keyOf(one)]} cure={() => setCuring(one)} />
        ))}
      </div>
      {curing ? <CureDialog item={curing} close={() => close(curing)} done={(run) => setAsked({ ...asked, [keyOf(curing)]: run?.id ?? "" })} /> : null}
    </Panel>
  );
}

function Item({ item, asked, run, cure }: { item: Difference; asked: boolean; run?: string; cure: () => void }) {
  const [tone, icon] = look[item.kind];
  const name = item.title;
  return (
    <article className={classes.item} aria-label={`${t.reconciliation.kind[item.kind]}: ${name}`}>
      <div className={classes.what}>
        <Chip tone={tone} icon={icon} hint={t.reconciliation.kindMeaning[item.kind]}>
          {t.reconciliation.kind[item.kind]}
        </Chip>
        <h3>
          {item.order_id ? (
            <Anchor component={Link} {...recordLink("orders", item.order_id)} inherit underline="always" c="var(--mantine-color-text)">
              {name}
            </Anchor>
          ) : (
            name
          )}
        </h3>
        <Text size="sm">{item.detail}</Text>
        {item.zoho_url && !(item.kind === "missing" && item.zoho === null) ? (
          <Text size="sm">
            <Outside href={item.zoho_url} label={name}>
              {item.zoho?.number ? `${item.zoho.number}: ${t.reconciliation.inZoho}` : t.reconciliation.inZoho}
            </Outside>
          </Text>
        ) : null}
      </div>
      <dl className={classes.sides}>
        <SideFacts label={t.reconciliation.qloapps} flow={item.flow} side={item.qloapps} />
        <SideFacts label={t.reconciliation.posted} flow={item.flow} side={item.posted} against={item.qloapps} />
        <SideFacts label={t.reconciliation.zoho} flow={item.flow} side={item.zoho} against={item.posted ?? item.qloapps} balance={item.qloapps?.balance} />
      </dl>
      <div className={classes.cure}>
        {asked ? (
          <Text size="sm" role="status" tabIndex={-1} data-cure={keyOf(item)}>
            {t.reconciliation.asked} {run ? <Anchor component={Link} to={`/runs/${run}`} inherit underline="always">{t.reconciliation.showRun}</Anchor> : null}
          </Text>
        ) : item.action.path ? (
          <ActionButton needs={cureNeeds(item.action.verb)} variant="default" onClick={cure} data-cure={keyOf(item)} aria-label={`${item.action.label}: ${name}`}>
            {item.action.label}
          </ActionButton>
        ) : (
          <Text size="sm" fw={550}>
            {item.action.label}
          </Text>
        )}
      </div>
    </article>
  );
}

/** one side's word; what is not as on the other side stands out by weight and a mark */
function SideFacts({ label, flow, side, against, balance }: { label: string; flow: string; side: Side | null; against?: Side | null; balance?: string | null }) {
  const otherwise = !!side?.balance && !!balance && side.balance !== balance;
  const differs = otherwise || (against !== undefined && !alike(side, against));
  return (
    <div data-differs={differs || undefined}>
      <dt>
        {label}
        {differs ? <IconAlertTriangle size={14} stroke={1.9} aria-hidden /> : null}
      </dt>
      <dd>
        {side === null ? (
          <span className={classes.none}>{t.reconciliation.nothing}</span>
        ) : (
          <>
            {side.status === "void" ? (
              <strong>{t.reconciliation.void}</strong>
            ) : (
              <Amount exact value={side.amount} currency={side.currency} strong={differs} />
            )}
            {side.balance ? (
              <span className={classes.small}>
                <Amount exact value={side.balance} currency={side.currency} strong={otherwise} /> {t.reconciliation.open(flow)}
              </span>
            ) : null}
            {side.day ? <span className={classes.small}>{formatDay(side.day)}</span> : null}
            {side.number ? <span className={classes.small}>{side.number}</span> : null}
          </>
        )}
      </dd>
    </div>
  );
}

function alike(a: Side | null, b: Side | null): boolean {
  if (a === null || b === null) return a === b;
  return a.amount === b.amount && a.count === b.count && (!a.day || !b.day || a.day === b.day) && (!a.currency || !b.currency || a.currency === b.currency);
}
