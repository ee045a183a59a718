import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import "./ToolsPage"; // fetched before the tests begin to wait for it
import { aConnection, answers, server } from "@/test/server";

test("a reset needs the organization's id, and then tells what was forgotten", async () => {
  const sent: unknown[] = [];
  server.use(
    answers.post("/tools/reset", (body) => {
      sent.push(body);
      return [{ forgotten: { links: 41, names: 14, waits: 3, search: 9, mappings: 0 } }, 200];
    }),
  );
  const user = open("/tools");
  await user.click(await screen.findByRole("radio", { name: "Links to Zoho Books" }));
  const act = screen.getByRole("button", { name: "Forget the links" });
  expect(act).toHaveAttribute("aria-disabled", "true");
  await user.type(screen.getByLabelText(/Type the organization ID 20001/), "2000");
  expect(screen.getByRole("button", { name: "Forget the links" })).toHaveAttribute("aria-disabled", "true");
  await user.type(screen.getByLabelText(/Type the organization ID 20001/), "1");
  await user.click(screen.getByRole("button", { name: "Forget the links" }));
  expect(await screen.findByRole("row", { name: "Links to records in Zoho Books 41" })).toBeVisible();
  expect(screen.getByRole("row", { name: "Notes that QloBooks kept for itself 12" })).toBeVisible();
  expect(screen.getByText("Nothing was deleted in Zoho Books.")).toBeVisible();
  expect(sent).toEqual([{ scope: "links", confirm: "20001" }]);
});

test("a reset that is refused says why", async () => {
  server.use(answers.post("/tools/reset", () => [{ code: "runs_active", detail: "Runs are under way or waiting.", action: "Wait until they have ended, or cancel them." }, 409]));
  const user = open("/tools");
  await user.type(await screen.findByLabelText(/Type the organization ID/), "20001");
  await user.click(screen.getByRole("button", { name: "Forget the mappings" }));
  expect(await screen.findByText("Runs are under way or waiting.")).toBeVisible();
});

test("nobody but an administrator resets, and nothing is there to forget before a connection", async () => {
  server.use(answers.get("/connection", aConnection({ organization_id: null, organization_name: null, status: "disconnected" })));
  open("/tools", "accountant");
  expect(await screen.findByText(/No organization was ever connected/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Forget the mappings" })).toHaveAttribute("aria-disabled", "true");
});
