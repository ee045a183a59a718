import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, aPage, aRecord, aRun, held, server, stream } from "@/test/server";

const waiting = aRun({
  id: "5",
  kind: "tick",
  section: null,
  status: "waiting",
  brake: { limit: "brake_max_records", allowed: "500", wanted: "812", sample: ["Order LARKPLAIN", "Order LARKMIXED"] },
});

test("a run that waits on a brake shows what it wants, and goes on with a reason", async () => {
  const released: unknown[] = [];
  server.use(
    answers.get("/runs/5", waiting),
    answers.get("/runs/5/events", { code: "gone", detail: "" }, 404),
    answers.post("/runs/5/release", (body) => {
      released.push(body);
      return [{ ...waiting, status: "running" }, 200];
    }),
  );
  const user = open("/runs/5");
  expect(await screen.findByText("Records in one run: it wants 812, and 500 are allowed.")).toBeVisible();
  expect(screen.getByText("Order LARKMIXED")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Release" }));
  const dialog = await screen.findByRole("dialog", { name: "Release all 812?" });
  await user.type(within(dialog).getByRole("textbox"), "Month end, checked");
  await user.click(within(dialog).getByRole("button", { name: "Release" }));
  await expect.poll(() => released).toEqual([{ reason: "Month end, checked" }]);
});

test("a viewer is told who may release it", async () => {
  server.use(
    answers.get("/runs/5", waiting),
    answers.get("/runs/5/events", { code: "gone", detail: "" }, 404),
  );
  open("/runs/5", "viewer");
  expect(await screen.findByRole("button", { name: "Release" })).toHaveAttribute("aria-disabled", "true");
});

test("what a run did is shown although it ended before anybody saw it run", async () => {
  const never = { items: [], next_cursor: null, counts: { open: 0, linked: 0 }, loaded_at: null };
  server.use(
    answers.get("/records/customers", aPage([aRecord()])),
    answers.get("/pairing/customers", never),
    answers.post("/pairing/customers/load", () => {
      const run = aRun({ id: "7", kind: "pairing", section: "customers" });
      server.use(answers.get("/runs", { items: [{ ...run, status: "done" }], next_cursor: null, counts: { done: 1 } }), answers.get("/pairing/customers", { ...never, loaded_at: "2026-03-01T09:00:00Z" }));
      return [run, 202];
    }),
  );
  const user = open("/pairing");
  await user.click(await screen.findByRole("button", { name: "Load contacts from Zoho Books" }));
  expect(await screen.findByRole("button", { name: "Load contacts again" })).toBeVisible();
});

test("a long run is shown at work behind twenty younger ones that have ended", async () => {
  const ended = Array.from({ length: 20 }, (_, at) => aRun({ id: String(100 - at), kind: "tick", status: "done" }));
  const long = aRun({ id: "3", title: "Everything of the hotel", status: "running", total: 90_000, done: 40_000 });
  server.use(
    http.get("http://qlobooks.test/api/v1/runs", ({ request }) =>
      HttpResponse.json({ items: new URL(request.url).searchParams.has("status") ? [long] : ended, next_cursor: null, counts: { running: 1, done: 20 } }),
    ),
  );
  open("/tools");
  expect(await screen.findByRole("link", { name: "Everything of the hotel" })).toBeVisible();
});

test("what a run did is shown although it was over before the first list of runs had come", async () => {
  const never = { items: [], next_cursor: null, counts: { open: 0, linked: 0 }, loaded_at: null };
  const run = aRun({ id: "7", kind: "pairing", section: "customers" });
  const ended = { items: [{ ...run, status: "done" }], next_cursor: null, counts: { done: 1 } };
  const slow = held("/runs");
  server.use(
    slow.handler,
    answers.get("/records/customers", aPage([aRecord()])),
    answers.get("/pairing/customers", never),
    answers.post("/pairing/customers/load", () => {
      server.use(answers.get("/runs", ended), answers.get("/pairing/customers", { ...never, loaded_at: "2026-03-01T09:00:00Z" }));
      for (const one of slow.waiting) one.answer(ended);
      return [run, 202];
    }),
  );
  const user = open("/pairing");
  await user.click(await screen.findByRole("button", { name: "Load contacts from Zoho Books" }));
  expect(await screen.findByRole("button", { name: "Load contacts again" })).toBeVisible();
});

test("the records of a run are read once more when it has ended", async () => {
  const running = aRun({ id: "5", status: "running", total: 2, done: 1 });
  const events = stream("/runs/5/events");
  const records = (names: string[]) => answers.get("/runs/5/records", { items: names.map((name, at) => ({ section: "orders", source_id: String(at), name, outcome: "done", status: "synced", issue: null })), next_cursor: null });
  server.use(
    answers.get("/runs/5", running),
    events.handler,
    records(["LARKONE"]),
  );
  open("/runs/5");
  expect(await screen.findByRole("link", { name: "LARKONE" })).toBeVisible();
  server.use(records(["LARKONE", "LARKTWO"]));
  events.tell("run", { ...running, status: "done", done: 2 });
  expect(await screen.findByRole("link", { name: "LARKTWO" })).toBeVisible();
});
