import { formatAmount } from "@/lib/money";

/** an amount with its currency, right-aligned and to the last unit as the API wrote it */
export function Amount(props: { value: string | null | undefined; currency?: string | null; strong?: boolean }) {
  if (!props.value) return <span className="q-num">–</span>;
  return (
    <span className="q-num" style={props.strong ? { fontWeight: 600 } : undefined}>
      {formatAmount(props.value, props.currency)}
      {props.currency ? <span style={{ fontSize: "0.85em" }}>&nbsp;{props.currency}</span> : null}
    </span>
  );
}
