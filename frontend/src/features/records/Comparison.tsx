import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ComparedLine, Comparison as Compared } from "@/api/types";
import { exactAmount, isNegative, isZero, negated, subtractAmounts } from "@/lib/money";
import { t } from "@/lib/texts";
import classes from "./Comparison.module.css";

const words = t.comparison;

/** what QloApps computed beside what Zoho Books would, where both differ too much to post */
export function Comparison({ of }: { of: Compared }) {
  const { predicted, wanted, currency } = of;
  return (
    <section className={classes.whole} aria-label={words.title}>
      <h4>{words.title}</h4>
      <p>{predicted ? verdict(predicted.total, wanted.total, currency) : words.notComputed}</p>
      <Table label={words.totals} heads={["", words.wanted, words.predicted, words.difference]}>
        <Row name={words.total} own={wanted.total} theirs={predicted?.total} currency={currency} />
        <Row name={words.tax} own={wanted.tax} theirs={predicted?.tax} currency={currency} />
        {of.taxes.map((tax) => (
          <Row key={`${tax.percent}${tax.compound}`} name={words.taxOf(trimmed(tax.percent), tax.compound)} own={tax.wanted} theirs={tax.predicted} currency={currency} />
        ))}
      </Table>
      {of.taxes.some((tax) => tax.wanted === null) ? <p className={classes.note}>{words.notSaidWhy}</p> : null}
      <Lines of={of} />
      <p className={classes.note}>{words.why}</p>
    </section>
  );
}

function verdict(predicted: string, wanted: string, currency: string): string {
  const gap = subtractAmounts(predicted, wanted);
  const own = money(wanted, currency);
  if (isZero(gap)) return words.verdictSame(own);
  return words.verdict(money(predicted, currency), apart(gap, currency), own);
}

/** "0.02 USD less" */
function apart(gap: string, currency: string, say = money): string {
  const amount = say(isNegative(gap) ? negated(gap) : gap, currency);
  return isNegative(gap) ? words.less(amount) : words.more(amount);
}

function money(amount: string, currency: string): string {
  return `${exactAmount(amount, currency)}\u00a0${currency}`;
}

/** "7.500" → "7.5" */
function trimmed(percent: string): string {
  return percent.includes(".") ? percent.replace(/\.?0+$/, "") : percent;
}

/** an amount of a total: the currency stands once, in the words above */
function Row(props: { name: string; own: string | null; theirs: string | undefined; currency: string }) {
  const gap = props.own !== null && props.theirs !== undefined ? subtractAmounts(props.theirs, props.own) : null;
  const same = gap === null || isZero(gap);
  return (
    <tr data-differs={!same || undefined}>
      <th scope="row">{props.name}</th>
      <Cell label={words.wanted}>{props.own === null ? <span className={classes.quiet}>{words.notSaid}</span> : exactAmount(props.own, props.currency)}</Cell>
      <Cell label={words.predicted}>{props.theirs === undefined ? "–" : exactAmount(props.theirs, props.currency)}</Cell>
      <Cell label={words.difference}>
        {gap === null ? (
          "–"
        ) : (
          <span className={classes.gap}>
            {same ? <IconCheck size={15} aria-hidden /> : <IconAlertTriangle size={15} aria-hidden />}
            {same ? words.same : apart(gap, props.currency, exactAmount)}
          </span>
        )}
      </Cell>
    </tr>
  );
}

function Lines({ of }: { of: Compared }) {
  const discounted = of.lines.some((line) => line.discount !== null && !isZero(line.discount));
  const heads = [words.line, words.rates, words.without, words.with, words.sent, ...(discounted ? [words.discount] : [])];
  return (
    <>
      <h4>{words.lines}</h4>
      <Table label={words.lines} heads={heads}>
        {of.lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own and never move
          <Line key={at} line={line} currency={of.currency} discounted={discounted} />
        ))}
        {of.discounts.map((discount, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <tr key={`discount${at}`}>
            <th scope="row">
              {words.ownDiscounts}: {discount.name}
            </th>
            <Cell label={words.rates}>–</Cell>
            <Cell label={words.without}>{exactAmount(negated(discount.without_tax), of.currency)}</Cell>
            <Cell label={words.with}>{exactAmount(negated(discount.with_tax), of.currency)}</Cell>
            <Cell label={words.sent}>–</Cell>
            {discounted ? <Cell label={words.discount}>–</Cell> : null}
          </tr>
        ))}
      </Table>
    </>
  );
}

function Line({ line, currency, discounted }: { line: ComparedLine; currency: string; discounted: boolean }) {
  const differs = line.amount !== null && !isZero(subtractAmounts(line.amount, line.qloapps_with_tax));
  return (
    <tr data-differs={differs || undefined}>
      <th scope="row">
        {line.name} <span className={classes.quiet}>× {trimmed(line.quantity)}</span>
      </th>
      <Cell label={words.rates}>{line.rates ? (line.rates === "0" ? "0 %" : `${line.rates} %`) : words.noRate}</Cell>
      <Cell label={words.without}>{exactAmount(line.qloapps_without_tax, currency)}</Cell>
      <Cell label={words.with}>{exactAmount(line.qloapps_with_tax, currency)}</Cell>
      <Cell label={words.sent}>{line.amount === null ? "–" : exactAmount(line.amount, currency)}</Cell>
      {discounted ? <Cell label={words.discount}>{line.discount === null ? "–" : exactAmount(line.discount, currency)}</Cell> : null}
    </tr>
  );
}

function Table({ label, heads, children }: { label: string; heads: string[]; children: ReactNode }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {heads.map((head, at) => (
              <th key={head || at} scope="col">
                {head || <span className="q-visually-hidden">{label}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <td className="q-num" data-label={label}>
      {children}
    </td>
  );
}
