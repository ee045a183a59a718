// Amounts arrive as strings and leave as strings: nothing here turns them into binary numbers.

interface Marks {
  whole: Intl.NumberFormat;
  point: string;
}

const marks = new Map<string, Marks>();

/** how the reader's own language groups thousands and marks decimals, in the digits of the ledger */
function marksOf(language: string): Marks {
  let found = marks.get(language);
  if (!found) {
    const options: Intl.NumberFormatOptions = { maximumFractionDigits: 0, useGrouping: true, numberingSystem: "latn" };
    let locale = language;
    try {
      new Intl.NumberFormat(locale);
    } catch {
      locale = "en"; // a language this browser does not know
    }
    const parts = new Intl.NumberFormat(locale, { numberingSystem: "latn" }).formatToParts(1.5);
    found = { whole: new Intl.NumberFormat(locale, options), point: parts.find((part) => part.type === "decimal")?.value ?? "." };
    marks.set(language, found);
  }
  return found;
}

/** groups thousands and marks decimals as the reader's browser does: "1560.00" → "1,560.00" or "1.560,00",
 * "-1234567.5" → "−1,234,567.5"; of a currency with its decimals, as it can be paid: "69653.91" JPY → "69,654" */
export function formatAmount(amount: string, currency?: string | null): string {
  const decimals = decimalsOf(currency);
  const shown = decimals !== undefined ? rounded(amount, decimals) : currency ? tidyAmount(amount) : amount.trim();
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(shown);
  if (!match) return amount;
  const [, sign = "", whole = "", fraction = ""] = match;
  const { whole: grouped, point } = marksOf(navigator.language || "en");
  return (sign ? "\u2212" : "") + grouped.format(BigInt(whole)) + fraction.replace(".", point);
}

/** "12,288" or "12.288": how many, written as amounts are */
export function formatCount(count: number): string {
  return formatAmount(String(count));
}

/** the same where two sides are held against each other: what is finer than the currency stays to be seen,
 * "69653.91" JPY → "69,653.91" */
export function exactAmount(amount: string, currency?: string | null): string {
  const decimals = decimalsOf(currency);
  const coarse = decimals !== undefined && isZero(subtractAmounts(amount, rounded(amount, decimals)));
  return coarse ? formatAmount(amount, currency) : formatAmount(tidyAmount(amount));
}

/** of the currencies that do not have two, by ISO 4217; browsers tell what people are used to see of them, which for
 * forints and rupiahs are whole ones */
const odd: Record<string, number> = {
  ...{ BHD: 3, BIF: 0, CLP: 0, DJF: 0, GNF: 0, IQD: 3, ISK: 0, JOD: 3, JPY: 0, KMF: 0, KRW: 0, KWD: 3, LYD: 3 },
  ...{ OMR: 3, PYG: 0, RWF: 0, TND: 3, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
};

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** how many decimals a currency has; undefined for what is none, or one that nobody knows */
function decimalsOf(currency: string | null | undefined): number | undefined {
  if (!currency) return undefined;
  return odd[currency] ?? (currencies.has(currency) ? 2 : undefined);
}

/** to so many decimals, half away from zero as QloApps and Zoho Books round; what is no amount as it is */
function rounded(amount: string, decimals: number): string {
  const parsed = parse(amount);
  if (!parsed) return amount;
  const { units, decimals: has } = parsed;
  if (has <= decimals) return write(units * 10n ** BigInt(decimals - has), decimals);
  const size = 10n ** BigInt(has - decimals);
  const half = units < 0n ? -size / 2n : size / 2n;
  return write((units + half) / size, decimals);
}

/** true for "0", "0.00", "-0.000" and an absent amount */
export function isZero(amount: string | null | undefined): boolean {
  return !amount || /^-?0*(\.0*)?$/.test(amount.trim());
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** an amount as whole units of its last decimal; undefined for what is no amount */
function parse(amount: string): { units: bigint; decimals: number } | undefined {
  const match = decimal.exec(amount.trim());
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), decimals: fraction.length };
}

function write(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const at = digits.length - decimals;
  return (units < 0n ? "-" : "") + digits.slice(0, at) + (decimals > 0 ? `.${digits.slice(at)}` : "");
}

/** the exact sum, with the decimals of the finest amount; what is no amount counts nothing */
export function addAmounts(amounts: readonly string[]): string {
  const parsed = amounts.map(parse).filter((one) => one !== undefined);
  const decimals = Math.max(2, ...parsed.map((one) => one.decimals));
  const units = parsed.reduce((sum, one) => sum + one.units * 10n ** BigInt(decimals - one.decimals), 0n);
  return write(units, decimals);
}

export function negated(amount: string): string {
  return amount.startsWith("-") ? amount.slice(1) : `-${amount}`;
}

/** a less b, exactly */
export function subtractAmounts(a: string, b: string): string {
  return addAmounts([a, negated(b)]);
}

export function isNegative(amount: string): boolean {
  return amount.trim().startsWith("-") && !isZero(amount);
}

/** "94.500000" → "94.50": zeros beyond the second decimal say nothing */
function tidyAmount(amount: string): string {
  const match = decimal.exec(amount.trim());
  if (!match) return amount;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign}${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}
