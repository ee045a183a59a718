import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { addAmounts, exactAmount, formatAmount, isNegative, negated, subtractAmounts } from "./money";

test("sums are exact, however large or fine", () => {
  expect(addAmounts(["0.1", "0.2"])).toBe("0.30");
  expect(addAmounts(["9007199254740993.01", "0.02"])).toBe("9007199254740993.03");
  expect(addAmounts(["1.005", "-1.00"])).toBe("0.005");
  expect(addAmounts([])).toBe("0.00");
  expect(addAmounts(["-0.05", "-0.10"])).toBe("-0.15");
});

test("differences keep their sign", () => {
  expect(subtractAmounts("10.00", "10.03")).toBe("-0.03");
  expect(isNegative(subtractAmounts("1.00", "1.00"))).toBe(false);
  expect(negated("-0.03")).toBe("0.03");
  expect(formatAmount(subtractAmounts("0", "1234.5"))).toBe("\u22121,234.50");
});

test("zeros beyond the cents are left out", () => {
  expect(exactAmount("94.500000", "")).toBe("94.50");
  expect(exactAmount("6.147500", "")).toBe("6.1475");
  expect(exactAmount("7", "")).toBe("7.00");
  expect(exactAmount("n/a", "USD")).toBe("n/a");
});

test("an amount has the decimals of its currency, however many QloApps keeps", () => {
  const shown = (amount: string, currency: string) => formatAmount(amount, currency);
  expect(shown("69654.00", "JPY")).toBe("69,654");
  expect(shown("69653.91", "JPY")).toBe("69,654");
  expect(shown("34826.50", "JPY")).toBe("34,827");
  expect(shown("-0.40", "JPY")).toBe("0");
  expect(shown("999.999500", "USD")).toBe("1,000.00");
  expect(shown("-1.005", "USD")).toBe("\u22121.01");
  expect(shown("1560", "USD")).toBe("1,560.00");
  expect(shown("12.5", "KWD")).toBe("12.500");
  expect(shown("12.3456", "KWD")).toBe("12.346");
  expect(shown("1560.00", "odd")).toBe("1,560.00");
  expect(shown("9007199254740993.005", "EUR")).toBe("9,007,199,254,740,993.01");
});

test("the decimals of a currency are ISO 4217's, as in Zoho Books and on the server, and not what a browser shows of them", () => {
  const go = readFileSync("../internal/money/money.go", "utf8");
  const server = new Map([.../var decimals = [^{]+\{([^}]+)\}/.exec(go)?.[1]?.matchAll(/"([A-Z]{3})": (\d)/g) ?? []].map(([, code = "", places = ""]) => [code, Number(places)]));
  expect(server.get("JPY")).toBe(0);
  for (const code of new Set([...Intl.supportedValuesOf("currency"), ...server.keys()])) {
    expect([code, formatAmount("12.3456", code)]).toEqual([code, ["12", "", "12.35", "12.346"][server.get(code) ?? 2]]);
  }
});

test("of a currency that nobody knows no digit is lost", () => {
  expect(formatAmount("12.3456", "QQQ")).toBe("12.3456");
  expect(formatAmount("12.500000", "QQQ")).toBe("12.50");
});

test("where two sides are compared nothing is rounded away", () => {
  expect(exactAmount("69653.91", "JPY")).toBe("69,653.91");
  expect(exactAmount("69654.00", "JPY")).toBe("69,654");
  expect(exactAmount("12.345679", "USD")).toBe("12.345679");
  expect(exactAmount("12.500000", "USD")).toBe("12.50");
  expect(exactAmount("12.500", "KWD")).toBe("12.500");
});

test("without a currency an amount keeps every decimal that it has", () => {
  expect(formatAmount("69653.91")).toBe("69,653.91");
  expect(formatAmount("6.147500")).toBe("6.147500");
});

test("thousands and decimals are marked as the reader's browser marks them, in the same digits", () => {
  const said = (language: string, amount: string, currency?: string) => {
    const own = vi.spyOn(navigator, "language", "get").mockReturnValue(language);
    const words = formatAmount(amount, currency);
    own.mockRestore();
    return words;
  };
  expect(said("en-US", "-1234567.50", "USD")).toBe("−1,234,567.50");
  expect(said("de-DE", "-1234567.50", "EUR")).toBe("−1.234.567,50");
  expect(said("en-IN", "1234567.50", "INR")).toBe("12,34,567.50");
  expect(said("fr-FR", "9007199254740993.01", "EUR")).toBe("9\u202f007\u202f199\u202f254\u202f740\u202f993,01");
  expect(said("es-ES", "1560.00", "EUR")).toBe("1.560,00");
  expect(said("ar-EG", "1560.00", "EGP")).toBe("1,560.00");
  expect(said("de-DE", "69654.00", "JPY")).toBe("69.654");
  expect(said("no such language", "1560.00")).toBe("1,560.00");
});
