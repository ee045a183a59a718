import { expect, test } from "vitest";
import { dayIn } from "./time";

test("the day is the hotel's, not the browser's", () => {
  expect(dayIn("Asia/Kolkata", new Date("2026-02-28T20:00:00Z"))).toBe("2026-03-01");
  expect(dayIn("America/New_York", new Date("2026-03-01T03:00:00Z"))).toBe("2026-02-28");
});
