import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { auth } from "@/lib/auth";
import { aConnection, aMapping, anOverview, answers, server } from "@/test/server";
import { App } from "./App";

function open(path: string) {
  window.history.replaceState({}, "", path);
  return render(<App />);
}

beforeEach(() => auth.signIn("qlb_good", false));

test("somebody without a token signs in and sees the overview", async () => {
  auth.signOut();
  const user = userEvent.setup();
  open("/");
  await user.click(screen.getByRole("button", { name: "Use an API token instead" }));
  await user.type(screen.getByLabelText("API token"), "qlb_good");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("work that waits because Zoho Books refused calls for their number is told with until when, on every page", async () => {
  server.use(answers.get("/overview", { ...anOverview, time_zone: "UTC", health: { ...anOverview.health, state: "delayed", last_tick_at: "2026-03-01T09:00:00Z", paused_until: "2026-03-01T10:05:00Z" } }));
  open("/");
  expect(await screen.findByText(/Zoho Books is left alone until 01 Mar 2026, 10:05, as it refused calls for their number. Work waits and goes on by itself./)).toBeVisible();
  expect(screen.getByRole("region", { name: "State of QloBooks" })).toHaveTextContent("Work goes on by itself at 01 Mar 2026, 10:05. Nothing is lost.");
  expect(screen.queryByText(/schedule is late/)).toBeNull();
});

test("a refused token is said in words", async () => {
  auth.signOut();
  server.use(answers.get("/session", { code: "invalid_token", detail: "no" }, 401));
  const user = userEvent.setup();
  open("/");
  await user.click(screen.getByRole("button", { name: "Use an API token instead" }));
  await user.type(screen.getByLabelText("API token"), "qlb_bad");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByText(/token is not known/)).toBeVisible();
});

test("a section is blank until it is initialized", async () => {
  const asked: string[] = [];
  server.use(
    answers.post("/records/hotels/initialize", () => {
      asked.push("initialize");
      return [{ id: "1", kind: "initialize", section: "hotels", status: "queued", total: 0, done: 0, failed: 0, held: 0, unchanged: 0, skipped: 0, calls_used: 0, started_by: "Ana", created_at: "2026-03-01T09:00:00Z", started_at: null, finished_at: null, eta: null, brake: null, result: null, error: null }];
    }),
  );
  const user = userEvent.setup();
  open("/synchronization/hotels");
  await user.click(await screen.findByRole("button", { name: "Initialize" }));
  await expect.poll(() => asked).toEqual(["initialize"]);
});

test("exact suggestions of a mapping are taken together and saved", async () => {
  const saved: unknown[] = [];
  server.use(
    answers.put("/mappings/taxes", (body) => {
      saved.push(body);
      return [aMapping({ items: [{ source_id: "7", source_name: "7 %", used_by: 12, waiting: 0, zoho_id: "t7", zoho_name: "VAT 7", suggested_zoho_id: null, confidence: null, is_default: false }] })];
    }),
  );
  const user = userEvent.setup();
  open("/mapping/taxes");
  expect(await screen.findByText(/1 row has no mapping/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use the exact suggestion" }));
  await user.click(screen.getByRole("button", { name: "Save 1 change" }));
  expect(await screen.findByText(/Every row in use has a mapping/)).toBeVisible();
  expect(saved).toEqual([{ items: [{ source_id: "7", zoho_id: "t7" }] }]);
});

test("a wrong connection setting is named at its field, and the secret is never shown", async () => {
  server.use(
    answers.put("/connection", () => [{ code: "validation", detail: "The input is not valid.", errors: [{ field: "organization_id", message: "must be the id of an organization" }] }, 422]),
  );
  const user = userEvent.setup();
  open("/configuration");
  await user.type(await screen.findByLabelText("Organization ID"), "!");
  expect(screen.queryByLabelText("Client secret")).toBeNull();
  expect(screen.getByText("•••• stored")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save and connect" }));
  expect(await screen.findByText("must be the id of an organization")).toBeVisible();
});

test("a consent that was refused says why", async () => {
  server.use(answers.get("/connection", aConnection({ status: "disconnected" })));
  open("/configuration?error=access_denied");
  expect(await screen.findByText("Consent was refused on Zoho's page. Nothing was connected.")).toBeVisible();
});
