import { exactAmount, formatAmount } from "@/lib/money";

/** an amount with its currency, right-aligned and with the decimals that the currency has; exact where it is compared */
export function Amount(props: { value: string | null | undefined; currency?: string | null; strong?: boolean; exact?: boolean }) {
  if (!props.value) return <span className="q-num">–</span>;
  return (
    <span className="q-num" style={props.strong ? { fontWeight: 600 } : undefined}>
      {(props.exact ? exactAmount : formatAmount)(props.value, props.currency)}
      {props.currency ? <span style={{ fontSize: "0.85em" }}>&nbsp;{props.currency}</span> : null}
    </span>
  );
}
