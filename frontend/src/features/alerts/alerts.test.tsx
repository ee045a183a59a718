import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, server } from "@/test/server";

const message = { id: "1", event: "brake", at: "2026-03-01T09:30:00Z", state: "delivered", attempts: 1, tried_at: "2026-03-01T09:30:01Z", answer: 204, outcome: null, next_try_at: null, data: {} };

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
