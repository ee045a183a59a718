import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { anOverview, answers, server } from "@/test/server";

const day = { limit: 2400, used_by_us: 500, used_by_others: 100, left: 1800, resets_at: "2026-03-01T23:59:59.400Z", source: "header" };
const budget = { minute: { limit: 100, used: 3 }, day, reserve: 240, lanes: { person: 0, live: 0, history: 0 }, paused_until: null, concurrency: 4 };
const calls_left = [
  { at: "2026-02-28T23:59:59.400Z", left: 2400 },
  { at: "2026-03-01T01:00:00Z", left: 2250 },
  { at: "2026-03-01T01:30:00Z", left: 1800 },
];

test("the day's calls are shown by the hour against an even pace to its end, as a chart and as a table", async () => {
  server.use(answers.get("/overview", { ...anOverview, time_zone: "UTC", budget, calls_left }));
  const user = open("/");
  expect(await screen.findByRole("img", { name: /Calls left today.*an even pace/ })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "As a table" }));
  expect(screen.queryByRole("img", { name: /Calls left today/ })).toBeNull();
  const rows = within(screen.getByRole("region", { name: "Calls left today" })).getAllByRole("row").slice(1);
  expect(rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent))).toEqual([
    ["02 Mar 2026, 00:00", "–", "0"],
    ["01 Mar 2026, 01:30", "1,800", "2,250"],
    ["01 Mar 2026, 01:00", "2,250", "2,300"],
    ["01 Mar 2026, 00:00", "2,400", "2,400"],
  ]);
});

test("without a word of the day's calls there is no chart of them", async () => {
  server.use(answers.get("/overview", { ...anOverview, budget, calls_left: [] }));
  open("/");
  expect(await screen.findByText("1,800 of 2,400 calls left today")).toBeVisible();
  expect(screen.queryByRole("img", { name: /Calls left today/ })).toBeNull();
});
