import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import "@/features/settings/ConfigurationPage"; // fetched before the tests begin to wait for it
import { aConnection, answers, server } from "@/test/server";

test.each(["expired", "revoked"] as const)("a connection that is %s can be connected again", async (status) => {
  const asked: unknown[] = [];
  server.use(
    answers.get("/connection", aConnection({ status })),
    answers.post("/connection/authorize", (body) => {
      asked.push(body);
      return [{ code: "unavailable", detail: "Zoho does not answer.", errors: [] }, 503];
    }),
  );
  const user = open("/configuration");
  const button = await screen.findByRole("button", { name: "Reconnect" });
  expect(button).toBeEnabled();
  expect(screen.queryByRole("button", { name: "Connect to Zoho" })).toBeNull();
  await user.click(button);
  expect(await screen.findByText("Zoho does not answer.")).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("one that was never made is connected, not connected again", async () => {
  server.use(answers.get("/connection", aConnection({ status: "disconnected", connected_at: null })));
  open("/configuration");
  expect(await screen.findByRole("button", { name: "Connect to Zoho" })).toBeEnabled();
  expect(screen.queryByRole("button", { name: "Reconnect" })).toBeNull();
});
