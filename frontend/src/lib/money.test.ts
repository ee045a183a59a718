import { expect, test } from "vitest";
import { addAmounts, formatAmount, isNegative, negated, subtractAmounts, tidyAmount } from "./money";

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
  expect(tidyAmount("94.500000")).toBe("94.50");
  expect(tidyAmount("6.147500")).toBe("6.1475");
  expect(tidyAmount("7")).toBe("7.00");
  expect(tidyAmount("n/a")).toBe("n/a");
});

test("a currency without smaller units shows none, unless there are some", () => {
  expect(formatAmount("69654.00", "JPY")).toBe("69,654");
  expect(formatAmount("69653.91", "JPY")).toBe("69,653.91");
  expect(formatAmount("1560.00", "USD")).toBe("1,560.00");
  expect(formatAmount("1560.00", "odd")).toBe("1,560.00");
});
