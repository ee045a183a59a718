import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import "./TokensPage"; // fetched before the tests begin to wait for it
import { answers, server } from "@/test/server";
import type { Token } from "./tokens.api";

const token = (change: Partial<Token> = {}): Token => ({
  id: "1",
  name: "Night audit",
  role: "operator",
  prefix: "qlb_4fGh",
  created_by: "Ana",
  created_at: "2026-03-01T09:00:00Z",
  last_used_at: null,
  expires_at: "2027-03-01T09:00:00Z",
  employee_id: null,
  state: "active",
  ...change,
});

test("a new token is shown once, and not again after that", async () => {
  const sent: unknown[] = [];
  let list = [token()];
  server.use(
    http.get("http://qlobooks.test/api/v1/tokens", () => HttpResponse.json({ items: list })),
    answers.post("/tokens", (body) => {
      sent.push(body);
      list = [token(), token({ id: "2", name: "Reports", role: "viewer", prefix: "qlb_9xYz" })];
      return [{ ...list[1], token: "qlb_9xYzSECRET" }, 201];
    }),
  );
  const user = open("/tokens");
  await user.click(await screen.findByRole("button", { name: "Make the token" }));
  expect(screen.getByText("Give it a name.")).toBeVisible();
  await user.type(screen.getByLabelText(/^Name/), "Reports");
  expect(screen.getByText(/Also maps, pairs, imports/)).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "Accountant" }));
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByText("qlb_9xYzSECRET")).toBeVisible();
  expect(screen.getByRole("button", { name: "Copy: Token" })).toBeVisible();
  expect(sent).toEqual([{ name: "Reports", role: "accountant" }]);
  expect(await screen.findByText("qlb_9xYz…")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText("qlb_9xYzSECRET")).toBeNull();
  expect(screen.getByLabelText(/^Name/)).toHaveValue("");
});

test("revoking a token is asked first", async () => {
  const gone: string[] = [];
  server.use(
    answers.get("/tokens", { items: [token()] }),
    http.delete("http://qlobooks.test/api/v1/tokens/:id", ({ params }) => {
      gone.push(String(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const user = open("/tokens");
  await user.click(await screen.findByRole("button", { name: "Revoke Night audit" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("Whoever uses it is refused from now on");
  await user.click(within(dialog).getByRole("button", { name: "Revoke" }));
  await expect.poll(() => gone).toEqual(["1"]);
  expect(await screen.findByText("Night audit was revoked.")).toBeVisible();
});

test("a question that is answered takes no second answer while it goes away", async () => {
  const gone: string[] = [];
  server.use(
    answers.get("/tokens", { items: [token()] }),
    http.delete("http://qlobooks.test/api/v1/tokens/:id", ({ params }) => {
      gone.push(String(params.id));
      return gone.length > 1 ? HttpResponse.json({ code: "not_found" }, { status: 404 }) : new HttpResponse(null, { status: 204 });
    }),
  );
  const user = open("/tokens");
  for (const answers of [["Revoke", "Revoke"], ["Cancel", "Revoke"]]) {
    await user.click(await screen.findByRole("button", { name: "Revoke Night audit" }));
    const dialog = await screen.findByRole("dialog");
    const buttons = answers.map((name) => within(dialog).getByRole("button", { name }));
    act(() => {
      for (const one of buttons) one.click();
    });
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  }
  await screen.findByText("Night audit was revoked.");
  expect(gone).toEqual(["1"]);
});

test("who may not see tokens is told whom to ask", async () => {
  server.use(answers.get("/tokens", { code: "forbidden", title: "Forbidden", detail: "This needs the role admin." }, 403));
  open("/tokens", "viewer");
  expect(await screen.findByText("Your role does not allow this")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Make the token" })).toBeNull();
});

test.each([
  ["In 30 days", /^20\d\d-/, undefined],
  ["On a day", "2031-04-05T18:29:59.000Z", undefined], // the day is over in Kolkata
  ["Never", null, true],
])("a token ends as it is said: %s", async (choice, end, sure) => {
  const sent: { expires_at?: string | null; confirm?: boolean }[] = [];
  server.use(
    answers.get("/tokens", { items: [] }),
    answers.post("/tokens", (body) => {
      sent.push(body as never);
      return [{ ...token(), token: "qlb_9xYzSECRET" }, 201];
    }),
  );
  const user = open("/tokens");
  await user.type(await screen.findByLabelText(/^Name/), "Reports");
  await user.click(screen.getByRole("radio", { name: choice }));
  if (choice !== "In 30 days") {
    await user.click(screen.getByRole("button", { name: "Make the token" }));
    expect(screen.getByText(choice === "Never" ? "Confirm that it is meant to have no end." : "Choose the last day.")).toBeVisible();
    if (choice === "Never") await user.click(screen.getByRole("checkbox", { name: /until somebody revokes it/ }));
    else fireEvent.change(screen.getByLabelText("Last day"), { target: { value: "2031-04-05" } });
  }
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  await expect.poll(() => sent.length).toBe(1);
  if (end instanceof RegExp) expect(sent[0]?.expires_at).toMatch(end);
  else expect(sent[0]?.expires_at).toBe(end);
  expect(sent[0]?.confirm).toBe(sure);
});

test("a token that ended with an employee is taken over", async () => {
  const taken: string[] = [];
  let list = [token({ employee_id: "3", state: "ended" }), token({ id: "2", name: "Mine", employee_id: null })];
  server.use(
    http.get("http://qlobooks.test/api/v1/tokens", () => HttpResponse.json({ items: list })),
    http.post("http://qlobooks.test/api/v1/tokens/:id/take-over", ({ params }) => {
      taken.push(String(params.id));
      list = list.map((one) => ({ ...one, employee_id: null, state: "active" }));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const user = open("/tokens");
  expect(await screen.findByText("Ended with the employee who made it")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Take over Mine" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Take over Night audit" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("it works again, with the same secret");
  await user.click(within(dialog).getByRole("button", { name: "Take over" }));
  await expect.poll(() => taken).toEqual(["1"]);
  await expect.poll(() => screen.queryByRole("button", { name: "Take over Night audit" })).toBeNull();
});
