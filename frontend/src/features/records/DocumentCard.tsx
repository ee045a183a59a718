import { IconCheck, IconClock, IconX } from "@tabler/icons-react";
import type { Doc, Run } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { DraftChip, StatusChip } from "@/components/Chip";
import { Outside } from "@/components/Outside";
import { When } from "@/components/When";
import { isNegative } from "@/lib/money";
import { formatDay } from "@/lib/time";
import { flowName, stepName, stepStatusName, t } from "@/lib/texts";
import { Comparison } from "./Comparison";
import { IssueBox, Notices } from "./IssueBox";
import classes from "./RecordDrawer.module.css";
import type { Verb } from "./actions.api";
import { VerbButtons } from "./VerbButtons";
import { before, needsWord } from "./verbs";

/** one document: what it is, where it stands, its figures, its steps, and what stops it */
export function DocumentCard(props: {
  doc: Doc;
  pending: boolean;
  /** a document of an order has acts of its own; a hotel's item is acted on through the hotel */
  verbs: boolean;
  act: (verb: Verb) => Promise<Run | null>;
  queueOrder?: () => void;
}) {
  const { doc } = props;
  const name = doc.title || `${flowName[doc.flow] ?? doc.flow} ${doc.source_id}`;
  return (
    <article className={classes.document} aria-label={name}>
      <div className={classes.head}>
        <h3>{name}</h3>
        {doc.draft ? <DraftChip /> : null}
        <StatusChip status={doc.status} />
      </div>
      {doc.issue || doc.notices?.length ? (
        <div className={classes.inside}>
          {doc.issue ? (
            <IssueBox issue={doc.issue}>
              {doc.issue.code === "not_queued" && props.queueOrder ? (
                <ActionButton needs="operator" size="compact-sm" variant="default" mt="xs" onClick={props.queueOrder}>
                  {t.verb.queueOrder}
                </ActionButton>
              ) : null}
              {doc.issue.comparison ? <Comparison of={doc.issue.comparison} /> : null}
            </IssueBox>
          ) : null}
          <Notices items={doc.notices} />
        </div>
      ) : null}
      {doc.total !== null && doc.total !== undefined ? <Figures doc={doc} /> : null}
      <div className={classes.foot}>
        <span>
          {doc.zoho_id ? (
            <Outside href={doc.zoho_url} label={t.sync.openZoho(name)}>
              {doc.zoho_number || t.sync.inZoho}
            </Outside>
          ) : (
            t.detail.notInZoho
          )}
          {doc.last_synced_at ? (
            <>
              {" · "}
              <When at={doc.last_synced_at} />
            </>
          ) : null}
        </span>
        <Steps doc={doc} />
        {props.verbs ? (
          <VerbButtons
            small
            name={name}
            of={{ status: doc.status, issue: doc.issue, linked: Boolean(doc.zoho_id), paired: doc.paired, pairable: true, releasable: doc.releasable, draft: doc.draft, renumbered: doc.notices.some((n) => n.code === "renumbered") }}
            pending={props.pending}
            act={props.act}
          />
        ) : null}
      </div>
      {props.verbs && needsWord(doc.status) ? <p className={classes.before}>{before(doc)}</p> : null}
    </article>
  );
}

/** a step may name what it acts on, as in apply:460000000000525 */
function stepWord(name: string): string {
  const kind = name.split(":")[0] ?? name;
  return stepName[kind] ?? kind.replaceAll("_", " ");
}

/** which figures say something of a kind, beside its date and total: a payment has no tax, a sales order nothing
 * that is applied to it */
function figuresOf(doc: Doc): { label: string; value: string | null | undefined }[] {
  const tax = { label: t.detail.tax, value: doc.tax };
  switch (doc.flow) {
    case "sales_order":
      return [tax];
    case "invoice":
      return doc.applied ? [tax, { label: t.detail.paid, value: doc.applied }] : [tax];
    case "credit_note":
    case "cancellation":
      return doc.applied ? [tax, { label: t.detail.applied, value: doc.applied }] : [tax];
    case "payment":
      return doc.applied && doc.total && !isNegative(doc.total) ? [{ label: t.detail.applied, value: doc.applied }] : [];
    default:
      return [];
  }
}

function Figures({ doc }: { doc: Doc }) {
  return (
    <dl className={classes.figures}>
      <div>
        <dt>{t.detail.date}</dt>
        <dd>{doc.date ? formatDay(doc.date) : "–"}</dd>
      </div>
      {figuresOf(doc).map(({ label, value }) => (
        <div key={label} className={classes.amount}>
          <dt>{label}</dt>
          <dd>
            <Amount value={value} currency={doc.currency} />
          </dd>
        </div>
      ))}
      <div className={`${classes.amount} ${classes.total}`}>
        <dt>{t.detail.total}</dt>
        <dd>
          <Amount value={doc.total} currency={doc.currency} />
        </dd>
      </div>
    </dl>
  );
}

const broken = new Set(["failed", "rejected", "held", "unknown"]);

function Steps({ doc }: { doc: Doc }) {
  if (!doc.steps?.length) return null;
  return (
    <ul className={classes.steps} aria-label={t.detail.steps}>
      {doc.steps.map((step) => {
        const Icon = step.status === "done" ? IconCheck : broken.has(step.status) ? IconX : IconClock;
        return (
          <li key={step.name}>
            <Icon size={15} aria-hidden />
            {stepWord(step.name)}
            {step.status === "done" ? (
              <span className="q-visually-hidden">: {t.detail.stepDone}</span>
            ) : (
              `: ${stepStatusName[step.status] ?? step.status}`
            )}
          </li>
        );
      })}
    </ul>
  );
}
