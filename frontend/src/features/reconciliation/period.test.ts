import { expect, test } from "vitest";
import { monthBefore, periodName, periodOf, readReconciliation } from "./period";

test("without days in the address the last full month is shown", () => {
  expect(periodOf({}, "2026-03-01")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
  expect(periodOf({}, "2026-01-15")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(monthBefore("2024-02-10", 0)).toEqual({ from: "2024-02-01", to: "2024-02-29" });
});

test("a whole month is called by its name", () => {
  expect(periodName({ from: "2026-02-01", to: "2026-02-28" })).toBe("February 2026");
  expect(periodName({ from: "2026-02-01", to: "2026-02-27" })).toBe("01 Feb 2026 to 27 Feb 2026");
});

test("what an address has wrong is left out", () => {
  expect(readReconciliation({ from: "2026-13-45", to: "soon", only: "yes", hotel: "2" })).toEqual({ hotel: "2" });
});
