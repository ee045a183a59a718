import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, server } from "@/test/server";

const message = { id: "1", event: "brake", at: "2026-03-01T09:30:00Z", state: "delivered", attempts: 1, tried_at: "2026-03-01T09:30:01Z", answer: 204, outcome: null, next_try_at: null, data: {} };

test("no test is sent without an address, and events are chosen by what they mean", async () => {
  const saved: unknown[] = [];
  server.use(
    answers.get("/settings", { alerts: { webhook_url: null, events: ["brake", "of_a_later_program"] } }),
    answers.get("/alerts", { items: [], next_cursor: null }),
    answers.put("/settings/alerts", (body) => {
      saved.push(body);
      return [{ alerts: body }, 200];
    }),
  );
  const user = open("/configuration/alerts");
  expect(await screen.findByText("The last 20 messages to the address below, newest first.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Send a test" })).toHaveAttribute("aria-disabled", "true");
  expect(await screen.findByText(/signed where a secret is saved/)).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "A run waits at a brake" })).toBeChecked();
  const silent = screen.getByRole("checkbox", { name: "No worker reports" });
  expect(silent).toHaveAccessibleDescription("Nothing was heard of any worker for half a minute, so nothing is sent.");
  await user.click(silent);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await expect.poll(() => saved).toMatchObject([{ events: ["brake", "of_a_later_program", "worker_silent"] }]);
});

test("a test is sent, and every message tells what became of it", async () => {
  server.use(
    answers.get("/settings", { alerts: { webhook_url: "https://hooks.example.com", events: ["brake"] } }),
    answers.get("/alerts", { items: [message], next_cursor: null }),
    answers.post("/alerts/test", () => {
      const lost = { ...message, id: "2", event: "test", state: "given_up", answer: 418, outcome: "the receiver answered 418 I'm a teapot" };
      server.use(answers.get("/alerts", { items: [lost, message], next_cursor: null }));
      return [lost, 200];
    }),
  );
  const user = open("/configuration/alerts");
  const table = await screen.findByRole("table", { name: "Messages" });
  expect(within(table).getByText("Delivered")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Send a test" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The test was not taken: the receiver answered 418");
  expect(await within(table).findByText(/Not taken: the receiver answered 418/)).toBeVisible();
});
