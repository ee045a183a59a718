import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, server } from "@/test/server";

const one = (id: string, outcome: string) => ({ id, at: "2026-03-01T09:30:00Z", account: `ada${id}@hotel.example`, employee_id: outcome === "signed_in" ? "1" : null, from: "192.0.2.7", browser: "Firefox", outcome });

test("who tried to sign in is listed page by page, and says whose it is", async () => {
  server.use(
    answers.get("/settings", { access: { profile_roles: {} } }),
    http.get("http://qlobooks.test/api/v1/sign-ins", ({ request }) =>
      HttpResponse.json(new URL(request.url).searchParams.get("cursor") ? { items: [one("1", "refused")], next_cursor: null } : { items: [one("2", "signed_in")], next_cursor: "c" }),
    ),
  );
  const user = open("/configuration/access");
  const table = await screen.findByRole("table", { name: "Sign-ins" });
  expect(within(table).getByRole("row", { name: /ada2@hotel.example 192.0.2.7 Signed in/ })).toBeVisible();
  expect(screen.getByText(/Who signed in or tried to/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show older" }));
  expect(await within(table).findByRole("row", { name: /ada1@hotel.example 192.0.2.7 Refused/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show older" })).toBeNull();
});

test("everybody else sees their own sign-ins", async () => {
  server.use(answers.get("/settings", { access: { profile_roles: {} } }), answers.get("/sign-ins", { items: [], next_cursor: null }));
  open("/configuration/access", "viewer");
  expect(await screen.findByText(/Your own, newest first/)).toBeVisible();
  expect(await screen.findByText("You have not signed in with a QloApps employee yet.")).toBeVisible();
});
