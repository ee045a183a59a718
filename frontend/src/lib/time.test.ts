import { expect, test, vi } from "vitest";
import { dayIn, formatDay, formatDays, formatInstant } from "./time";

test("the day is the hotel's, not the browser's", () => {
  expect(dayIn("Asia/Kolkata", new Date("2026-02-28T20:00:00Z"))).toBe("2026-03-01");
  expect(dayIn("America/New_York", new Date("2026-03-01T03:00:00Z"))).toBe("2026-02-28");
});

test("dates are written in the order of the reader's language, in English words", () => {
  const said = (language: string) => {
    const own = vi.spyOn(navigator, "language", "get").mockReturnValue(language);
    const all = [formatDay("2026-11-04"), formatInstant("2026-11-04T23:30:00Z", "Asia/Kolkata"), formatDays("2026-11-12", "2026-11-14"), formatDays("2026-11-28", "2026-12-02"), formatDays("2026-12-30", "2027-01-02")];
    own.mockRestore();
    return all;
  };
  const dayFirst = ["04 Nov 2026", "05 Nov 2026, 05:00", "12–14 Nov 2026", "28 Nov – 02 Dec 2026", "30 Dec 2026 – 02 Jan 2027"];
  for (const language of ["en-GB", "de-DE", "fr", "ar-EG", "no such language"]) expect(said(language)).toEqual(dayFirst);
  expect(said("en-US")).toEqual(["Nov 04, 2026", "Nov 05, 2026, 05:00", "Nov 12–14, 2026", "Nov 28 – Dec 02, 2026", "Dec 30, 2026 – Jan 02, 2027"]);
  expect(said("sv")).toEqual(["2026 Nov 04", "2026 Nov 05, 05:00", "2026 Nov 12–14", "2026 Nov 28 – Dec 02", "2026 Dec 30 – 2027 Jan 02"]);
  expect(formatDay("0000-00-00")).toBe("00 00 0000");
  expect(formatDay("soon")).toBe("soon");
});
