// Amounts arrive as strings and leave as strings: nothing here turns them into binary numbers.

/** groups thousands with a thin, unbreakable mark: "1560.00" → "1,560.00", "-1234567.5" → "−1,234,567.5" */
export function formatAmount(amount: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(amount.trim());
  if (!match) return amount;
  const [, sign = "", whole = "", fraction = ""] = match;
  return (sign ? "\u2212" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + fraction;
}

/** true for "0", "0.00", "-0.000" and an absent amount */
export function isZero(amount: string | null | undefined): boolean {
  return !amount || /^-?0*(\.0*)?$/.test(amount.trim());
}
