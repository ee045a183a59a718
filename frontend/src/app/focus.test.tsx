import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Token } from "@/features/tokens/tokens.api";
import { open } from "@/test/open";
import { answers, aPage, aRecord, server } from "@/test/server";

const token = (id: string, name: string): Token => ({
  id,
  name,
  role: "operator",
  prefix: `qlb_${id}`,
  created_by: "Ana",
  created_at: "2026-03-01T09:00:00Z",
  last_used_at: null,
  expires_at: "2027-03-01T09:00:00Z",
  employee_id: null,
  state: "active",
});

function tokens(...list: Token[]) {
  server.use(
    http.get("http://qlobooks.test/api/v1/tokens", () => HttpResponse.json({ items: list })),
    http.delete("http://qlobooks.test/api/v1/tokens/:id", ({ params }) => {
      list = list.filter((one) => one.id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
    answers.post("/tokens", () => [{ ...token("9", "Reports"), token: "qlb_SECRET" }, 201]),
  );
}

/** by the keyboard alone: nothing is pointed at */
async function press(user: ReturnType<typeof open>, what: HTMLElement) {
  what.focus();
  await user.keyboard("{Enter}");
}

test.each([
  ["Night audit", "Revoke Reports"],
  ["Reports", "Revoke Night audit"],
])("whoever takes a row away by the keyboard goes on at the row beside it: %s", async (name, next) => {
  tokens(token("1", "Night audit"), token("2", "Reports"));
  const user = open("/tokens");
  await press(user, await screen.findByRole("button", { name: `Revoke ${name}` }));
  await press(user, within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: `Revoke ${name}` })).toBeNull());
  await waitFor(() => expect(screen.getByRole("button", { name: next })).toHaveFocus());
});

test("what takes the place of what had the focus takes the focus", async () => {
  tokens();
  const user = open("/tokens");
  await user.type(await screen.findByLabelText(/^Name/), "Reports");
  await press(user, screen.getByRole("button", { name: "Make the token" }));
  await press(user, await screen.findByRole("button", { name: "I have copied it" }));
  await waitFor(() => expect(screen.getByLabelText(/^Name/)).toHaveFocus());
});

test("on another page the focus stands at its content", async () => {
  tokens();
  server.use(answers.get("/records/currencies", aPage([])), answers.get("/records/orders", aPage([aRecord()])));
  const user = open("/nowhere");
  await press(user, within(await screen.findByRole("main")).getByRole("link"));
  await screen.findByRole("heading", { level: 1, name: "Overview" });
  await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
});

test("who points with a mouse is not moved", async () => {
  tokens(token("1", "Night audit"), token("2", "Reports"));
  const user = open("/tokens");
  await user.click(await screen.findByRole("button", { name: "Revoke Night audit" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await screen.findByText("Night audit was revoked.");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Revoke Night audit" })).toBeNull());
  expect(screen.getByRole("button", { name: "Revoke Reports" })).not.toHaveFocus();
});
