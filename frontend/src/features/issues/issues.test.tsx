import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { IssueGroup } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { anIssue, answers, aPage, aRecord, aRun, server } from "@/test/server";
import "@/features/issues/IssuesPage"; // fetched before the clock of a test runs
import "@/features/records/RecordsPage";

const aCause = (change: Partial<IssueGroup> = {}): IssueGroup => ({
  ...anIssue(),
  code: "mapping_missing",
  title: "Mapping missing",
  explanation: "Something in QloApps has no counterpart in Zoho Books.",
  action: "Choose one on the Mapping page.",
  count: 4,
  amount_by_currency: [
    { currency: "EUR", amount: "1560.00" },
    { currency: "USD", amount: "10.50" },
  ],
  link: "/synchronization/orders?issue=mapping_missing",
  sections: [
    { section: "orders", count: 3, link: "/synchronization/orders?issue=mapping_missing" },
    { section: "room-types", count: 1, link: "/synchronization/room-types?issue=mapping_missing" },
  ],
  ...change,
});

test("an empty inbox says that nothing waits, and the menu shows no number", async () => {
  open("/issues");
  expect(await screen.findByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Issues" })).toBeVisible();
});

test("each cause says what it is, what to do, how much waits, and where", async () => {
  server.use(answers.get("/issues", { items: [aCause(), aCause({ code: "brake", title: "Stopped by a brake", count: 2, sections: [] })] }));
  open("/issues");
  const cause = await screen.findByRole("article", { name: "Mapping missing" });
  expect(within(cause).getByText(/Choose one on the Mapping page/)).toBeVisible();
  expect(within(cause).getByText("4 documents")).toBeVisible();
  expect(within(cause).getAllByRole("listitem").map((one) => one.textContent)).toEqual(["1,560.00\u00a0EUR", "10.50\u00a0USD"]);
  expect(within(cause).getByRole("link", { name: "3 orders" })).toHaveAttribute("href", "/synchronization/orders?issue=mapping_missing");
  expect(within(cause).getByRole("link", { name: "1 room type" })).toHaveAttribute("href", "/synchronization/room-types?issue=mapping_missing");
  expect(within(cause).getByRole("link", { name: "Open the mapping" })).toHaveAttribute("href", "/mapping");
  expect(screen.getByRole("link", { name: /^Issues.*6 things wait for you$/ })).toBeVisible();
  await expectAccessible();
});

test("Retry all is confirmed, then followed", async () => {
  const retried: unknown[] = [];
  const run = aRun({ id: "8", status: "running", total: 4, done: 1 });
  server.use(
    answers.get("/issues", { items: [aCause()] }),
    answers.post("/issues/mapping_missing/retry", (body) => {
      retried.push(body);
      return [run];
    }),
    answers.get("/runs/8", run),
    answers.get("/runs/8/events", { code: "gone", detail: "" }, 404),
  );
  const user = open("/issues", "operator");
  await user.click(await screen.findByRole("button", { name: "Retry all: Mapping missing" }));
  const dialog = await screen.findByRole("dialog", { name: "Retry all of «Mapping missing»?" });
  expect(dialog).toHaveTextContent("4 documents will be checked again");
  expect(retried).toHaveLength(0);
  await user.click(within(dialog).getByRole("button", { name: "Retry now" }));
  expect(await screen.findByRole("link", { name: "Run: Running" })).toHaveAttribute("href", "/runs/8");
  expect(retried).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Retry all: Mapping missing" })).toHaveFocus();
});

test("a refusal is shown where it was asked", async () => {
  server.use(answers.get("/issues", { items: [aCause()] }), answers.post("/issues/mapping_missing/retry", () => [{ code: "not_found", detail: "Nothing waits for it any more." }, 404]));
  const user = open("/issues", "operator");
  await user.click(await screen.findByRole("button", { name: /Retry all/ }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Retry now" }));
  expect(await within(dialog).findByText("Nothing waits for it any more.")).toBeVisible();
});

test("a viewer may look only", async () => {
  server.use(answers.get("/issues", { items: [aCause()] }));
  open("/issues", "viewer");
  expect(await screen.findByRole("button", { name: /Retry all/ })).toHaveAttribute("aria-disabled", "true");
});

test("the list behind a cause says what it is narrowed to, and shows all again", async () => {
  server.use(answers.get("/records/hotels", aPage([aRecord({ name: "Harbour" })])));
  const user = open("/synchronization/hotels?issue=mapping_missing");
  expect(await screen.findByText("Only records that wait for: Mapping missing")).toBeVisible();
  await user.click(screen.getByRole("button", { name: /Show all records/ }));
  await expect.poll(() => window.location.search).toBe("");
});

test("what somebody dealt with stands by itself, and not under what goes on", async () => {
  const byHand = aCause({ code: "totals_differ", title: "Totals differ", handled: { by: "Ada", at: "2026-03-01T10:00:00Z", reason: "Booked by hand." } });
  server.use(answers.get("/issues", { items: [byHand, aCause({ code: "zoho_outage", title: "Zoho Books is away", waits_for: "time" })] }));
  open("/issues");
  const dealt = await screen.findByRole("region", { name: "Dealt with" });
  expect(within(dealt).getByText("Ada: Booked by hand.")).toBeVisible();
  expect(within(dealt).queryByText("Zoho Books is away")).toBeNull();
  const goesOn = screen.getByRole("region", { name: "Goes on by itself" });
  expect(within(goesOn).getByText("Zoho Books is away")).toBeVisible();
  expect(within(goesOn).queryByText("Totals differ")).toBeNull();
  await expectAccessible();
});

test("a cure that replaces a section says from which version it was made", async () => {
  const sent: unknown[] = [];
  const cure = { label: "Post documents in foreign currencies", link: null, method: "PUT" as const, path: "/api/v1/settings/currencies", body: { multi_currency: true }, if_match: "abc", asks_reason: false };
  server.use(
    answers.get("/issues", { items: [aCause({ code: "currency_off", title: "Another currency", cures: [cure] })] }),
    answers.put("/settings/currencies", (body, request) => {
      sent.push(body, request.headers.get("If-Match"));
      return [body as object];
    }),
  );
  const user = open("/issues", "admin");
  await user.click(await screen.findByRole("button", { name: "Post documents in foreign currencies" }));
  expect(await screen.findByText("Done.")).toBeVisible();
  expect(sent).toEqual([{ multi_currency: true }, "abc"]);
});

test.each([
  { name: "taken", answer: () => HttpResponse.json(aRun({ id: "8" }) as never, { status: 202 }), told: "Mapping missing: Queued again." },
  { name: "refused", answer: () => HttpResponse.json({ code: "not_found", title: "Not found", detail: "Nothing waits for it any more." }, { status: 404 }), told: "Nothing waits for it any more." },
])("a dialog that is closed while it waits tells all the same that it was $name, and closes no other", async ({ answer, told }) => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };
  const asked = gate();
  const held = gate();
  server.use(
    answers.get("/issues", { items: [aCause(), aCause({ code: "no_rate", title: "No rate" })] }),
    http.post("http://qlobooks.test/api/v1/issues/mapping_missing/retry", async () => {
      asked.open();
      await held.opened;
      return answer();
    }),
    answers.get("/runs/8", aRun({ id: "8" })),
    answers.get("/runs/8/events", { code: "gone", detail: "" }, 404),
  );
  const user = open("/issues", "operator");
  const opened = async (cause: string) => {
    await user.click(await screen.findByRole("button", { name: `Retry all: ${cause}` }));
    return screen.findByRole("dialog", { name: `Retry all of «${cause}»?` });
  };
  await user.click(within(await opened("Mapping missing")).getByRole("button", { name: "Retry now" }));
  await asked.opened;
  await user.keyboard("{Escape}");
  const other = await opened("No rate");
  held.open();
  expect(await screen.findByText(told)).toBeVisible();
  expect(other).toBeVisible();
});
