import { QueryClient } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { patched } from "@/features/records/live";
import { readEvents } from "@/lib/eventStream";
import { open } from "@/test/open";
import { answers, aPage, aRecord, server } from "@/test/server";
import { Inbox } from "./live.api";

test("a row changes its state while somebody looks at it", async () => {
  let tell: (text: string) => void = () => undefined;
  const stream = new ReadableStream({
    start(controller) {
      tell = (text) => controller.enqueue(new TextEncoder().encode(text));
      tell(": listening\nid: 1-0\n\n");
    },
  });
  server.use(
    http.get("http://qlobooks.test/api/v1/events", () => new HttpResponse(stream, { headers: { "Content-Type": "text/event-stream" } })),
    answers.get("/records/customers", aPage([aRecord({ name: "Ada", status: "pending" })])),
  );
  open("/synchronization/customers");
  const row = await screen.findByRole("row", { name: /Ada/ });
  expect(within(row).getByText("Pending")).toBeVisible();
  server.use(answers.get("/records/customers", aPage([aRecord({ name: "Ada", status: "synced" })])));
  tell('id: 2-0\nevent: record\ndata: {"section":"customers","source_id":"1","status":"synced","phase":null}\n\n');
  expect(await within(row).findByText("Synced")).toBeVisible();
});

test("live updates stand still while they are paused, and what was missed is shown after that", async () => {
  let asked = 0;
  const ends: AbortSignal[] = [];
  server.use(
    http.get("http://qlobooks.test/api/v1/events", ({ request }) => {
      asked++;
      ends.push(request.signal);
      return new HttpResponse(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } });
    }),
    answers.get("/records/customers", aPage([aRecord({ name: "Ada", status: "pending" })])),
  );
  const user = open("/synchronization/customers");
  const row = await screen.findByRole("row", { name: /Ada/ });
  await expect.poll(() => asked).toBe(1);
  await user.click(screen.getByRole("button", { name: "Pause live updates" }));
  expect(await screen.findByText(/What is shown stands still/)).toBeVisible();
  await expect.poll(() => ends[0]?.aborted).toBe(true); // the page is drawn before the stream is let go
  server.use(answers.get("/records/customers", aPage([aRecord({ name: "Ada", status: "synced" })])));
  expect(within(row).getByText("Pending")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Go on" }));
  expect(await within(row).findByText("Synced")).toBeVisible();
  await expect.poll(() => asked).toBe(2);
});

test("no page asks by itself while live updates are paused, but for what somebody started", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    let asked = 0;
    server.use(http.get("http://qlobooks.test/api/v1/*", () => void asked++), answers.get("/records/customers", aPage([aRecord()])));
    const user = open("/");
    await screen.findByRole("heading", { level: 1, name: "Overview" });
    await user.click(screen.getByRole("button", { name: "Pause live updates" }));
    expect(await screen.findByText(/What is shown stands still/)).toBeVisible();
    await waitFor(() => expect(document.querySelector("[aria-label=Loading]")).toBeNull());
    asked = 0;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toBe(0);
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await expect.poll(() => asked).toBeGreaterThan(0); // what was missed
    const caughtUp = asked;
    await vi.advanceTimersByTimeAsync(120_000);
    await expect.poll(() => asked).toBeGreaterThan(caughtUp);
  } finally {
    vi.useRealTimers();
  }
});

test("a position to go on from is read although it carries no data", async () => {
  const body = new Response("id: 7-1\n\nid: 8-0\nevent: resync\ndata: {}\n\n").body as ReadableStream<Uint8Array>;
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  expect(events).toEqual([
    { event: "message", data: null, id: "7-1" },
    { event: "resync", data: "{}", id: "8-0" },
  ]);
});

test("nonsense from the stream is passed over", () => {
  const inbox = new Inbox(new QueryClient());
  inbox.record({ section: "no-such-section", source_id: "1" });
  inbox.record(null);
  inbox.run(null);
  inbox.close();
});

test("a long list takes new rows without being read again", () => {
  const items = (from: number) => Array.from({ length: 200 }, (_, at) => aRecord({ source_id: String(from + at), status: "pending" }));
  const pages = [aPage(items(0)), aPage(items(200)), aPage(items(400))];
  const next = patched({ pages, pageParams: [undefined, "a", "b"] }, new Map([["250", aRecord({ source_id: "250", status: "synced" })]]), { counts: { synced: 1, pending: 599 }, matching: { status: {}, phase: {} } });
  expect(next.pages[1]?.items[50]?.status).toBe("synced");
  expect(next.pages[0]?.counts).toEqual({ synced: 1, pending: 599 });
  expect(next.pages[2]).toBe(pages[2]);
});
