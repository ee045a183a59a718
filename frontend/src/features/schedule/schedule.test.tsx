import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { open } from "@/test/open";
import { aRun, aSchedule, answers, server } from "@/test/server";

const off = { enabled: false, interval_minutes: 5, launch_time: null, customers: false, invoices: false, credit_notes: false, payments: false };

beforeEach(() => {
  server.use(answers.get("/settings", { schedule: off, orders: { export_from_date: null }, payments: { export_enabled: true } }));
});

test("one look for changes can be started while the schedule is off", async () => {
  const started: unknown[] = [];
  server.use(
    answers.post("/schedule/run", (body) => {
      started.push(body);
      return [aRun({ kind: "tick", section: null })];
    }),
  );
  const user = open("/configuration/schedule");
  expect(await screen.findByRole("heading", { name: "The schedule is off" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Run now" }));
  await expect.poll(() => started).toEqual([{ kind: "tick" }]);
});

test("what the last run found and queued stands there by section", async () => {
  const run = aRun({ kind: "tick", section: null, status: "done", result: { found: { orders: 3, customers: 1, hotels: 0 }, queued: { orders: 2 } } });
  server.use(answers.get("/schedule", aSchedule({ enabled: true, last_run: run, next_run_at: "2026-03-01T09:05:00Z" })));
  open("/configuration/schedule");
  const row = await screen.findByRole("row", { name: /Orders 3 2/ });
  expect(row).toBeVisible();
  expect(screen.getByRole("row", { name: /Customers 1 0/ })).toBeVisible();
  expect(screen.queryByRole("row", { name: /Hotels/ })).toBeNull();
});

test("pausing asks first", async () => {
  const paused: string[] = [];
  server.use(
    answers.get("/schedule", aSchedule({ enabled: true })),
    answers.post("/schedule/pause", () => {
      paused.push("pause");
      return [aSchedule(), 200];
    }),
  );
  const user = open("/configuration/schedule");
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  expect(paused).toEqual([]);
  await user.click(within(await screen.findByRole("dialog", { name: "Pause the schedule?" })).getByRole("button", { name: "Pause" }));
  await expect.poll(() => paused).toEqual(["pause"]);
});

test("a daily pass without a start date is explained before it is saved, and refused at its field", async () => {
  server.use(answers.put("/settings/schedule", () => [{ code: "validation", detail: "The input is not valid.", errors: [{ field: "launch_time", message: "needs a start date first" }] }, 422]));
  const user = open("/configuration/schedule");
  await user.type(await screen.findByLabelText("Launch time"), "03:30");
  await user.click(screen.getByRole("switch", { name: "Invoices" }));
  expect(screen.getByText(/needs a start date. Choose Export from/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("needs a start date first")).toBeVisible();
});
