import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { open } from "@/test/open";
import "./PairingPage"; // fetched before the tests begin to wait for it
import { answers, aPage, aRecord, aRun, held, server, stream } from "@/test/server";
import type { PairingItem, PairingPage, Suggestion } from "./pairing.api";

const nora: Suggestion = {
  zoho_contact_id: "460000000026049",
  name: "Nora Castellan",
  company: "",
  email: "nora@guests.example",
  phone: "",
  currency: "USD",
  zoho_url: "https://books.zoho.eu/app/20001#/contacts/460000000026049",
  why: ["email_equal", "name_equal"],
  confidence: "exact",
};

const guest = (change: Partial<PairingItem> = {}): PairingItem => ({
  customer_id: "1",
  name: "Nora Castellan",
  email: "nora@guests.example",
  phone: "",
  status: "not_synced",
  zoho_contact_id: null,
  zoho_contact_name: null,
  zoho_url: null,
  paired: false,
  suggestions: [],
  ...change,
});

const linked = guest({ customer_id: "2", name: "Tomasz Wieliczko", status: "synced", zoho_contact_id: "460000000026077", zoho_contact_name: "T. W.", paired: true });

const page = (items: PairingItem[], change: Partial<PairingPage> = {}): PairingPage => ({
  items,
  next_cursor: null,
  counts: { open: items.filter((i) => !i.zoho_contact_id).length, linked: items.filter((i) => i.zoho_contact_id).length },
  loaded_at: "2026-03-01T09:00:00Z",
  ...change,
});

// what jsdom lacks of a chosen file
File.prototype.text ??= function text(this: File) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(this);
  });
};

const listed = answers.get("/records/customers", aPage([aRecord()]));

test("a suggestion says why, and one press pairs the guest with it", async () => {
  const sent: unknown[] = [];
  server.use(
    listed,
    answers.get("/pairing/customers", page([guest({ suggestions: [nora] }), guest({ customer_id: "3", name: "A namesake", suggestions: [nora] }), linked])),
    answers.post("/pairing/customers/1", (body) => {
      sent.push(body);
      return [guest({ zoho_contact_id: nora.zoho_contact_id, zoho_contact_name: nora.name, paired: true }), 200];
    }),
  );
  const user = open("/pairing");
  const list = await screen.findByRole("list", { name: "Suggestions for Nora Castellan" });
  expect(list).toHaveTextContent("Very likely");
  expect(list).toHaveTextContent("same e-mail, same name");
  await user.click(within(list).getByRole("button", { name: "Pair Nora Castellan with Nora Castellan" }));
  await expect.poll(() => sent).toEqual([{ zoho_id: nora.zoho_contact_id }]);
  expect(await screen.findByRole("button", { name: "Unpair Nora Castellan" })).toBeVisible();
  // the contact is offered to nobody else
  expect(screen.queryByRole("list", { name: "Suggestions for A namesake" })).toBeNull();
  expect(screen.getByText("Without contact 1")).toBeInTheDocument();
});

test("unpairing asks for the reason", async () => {
  const sent: unknown[] = [];
  server.use(
    listed,
    answers.get("/pairing/customers", page([linked])),
    answers.post("/records/customers/2/unpair", (body) => {
      sent.push(body);
      return [aRecord(), 200];
    }),
  );
  const user = open("/pairing", "accountant");
  expect(await screen.findByText(/Paired by a person/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Unpair Tomasz Wieliczko" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Unpair" }));
  expect(within(dialog).getByText(/Say why/)).toBeVisible();
  await user.type(within(dialog).getByLabelText(/Reason/), "The other Tomasz");
  await user.click(within(dialog).getByRole("button", { name: "Unpair" }));
  await expect.poll(() => sent).toEqual([{ reason: "The other Tomasz" }]);
});

test("a contact that nobody suggested is found by searching, and one that is taken says so", async () => {
  const asked: string[] = [];
  const sent: unknown[] = [];
  const contact = (id: string, name: string, customer: string | null) => ({ ...nora, zoho_contact_id: id, name, status: "active", customer_id: customer });
  server.use(
    listed,
    answers.get("/pairing/customers", page([guest()])),
    http.get("http://qlobooks.test/api/v1/pairing/contacts", ({ request }) => {
      const q = new URL(request.url).searchParams.get("q") ?? "";
      asked.push(q);
      return HttpResponse.json({ items: q === "caste" ? [contact("46001", "Castellan, N.", null), contact("46002", "Castellan & Sons", "7")] : [], more: false, loaded_at: null });
    }),
    answers.post("/pairing/customers/1", (body) => {
      sent.push(body);
      return [{ code: "already_paired", detail: "The contact stands for customer 9.", action: "Unpair that one first." }, 409];
    }),
  );
  const user = open("/pairing");
  await user.click(await screen.findByRole("button", { name: "Search a contact for Nora Castellan" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByRole("textbox"), "caste");
  const found = await within(dialog).findByRole("list", { name: "Contacts found" });
  await expect.poll(() => asked).toContain("caste");
  expect(found).toHaveTextContent("stands for customer 7");
  expect(within(found).getByRole("button", { name: "Pair Nora Castellan with Castellan & Sons" })).toHaveAttribute("aria-disabled", "true");
  await user.click(within(found).getByRole("button", { name: "Pair Nora Castellan with Castellan, N." }));
  expect(await within(dialog).findByText("The contact stands for customer 9.")).toBeVisible();
  // a contact that was not loaded is named by its id or address
  await user.clear(within(dialog).getByRole("textbox"));
  await user.click(within(dialog).getByRole("textbox"));
  await user.paste("https://books.zoho.eu/app/20001#/contacts/460000000099999");
  await user.click(await within(dialog).findByRole("button", { name: "Pair with the contact 460000000099999" }));
  await expect.poll(() => sent).toEqual([{ zoho_id: "46001" }, { zoho_id: "460000000099999" }]);
});

test("loading the contacts is a run whose progress is shown", async () => {
  let runs: unknown[] = [];
  server.use(
    listed,
    answers.get("/pairing/customers", page([guest()], { loaded_at: null })),
    http.get("http://qlobooks.test/api/v1/runs", () => HttpResponse.json({ items: runs, next_cursor: null, counts: {} })),
    answers.post("/pairing/customers/load", () => {
      runs = [aRun({ kind: "pairing", section: "customers", status: "running", total: 0 })];
      return [runs[0]];
    }),
  );
  const user = open("/pairing");
  expect(await screen.findByText(/so there are no suggestions/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Load contacts from Zoho Books" }));
  expect(await screen.findByRole("link", { name: "The contacts of Zoho Books are being read" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Load contacts from Zoho Books" })).toHaveAttribute("aria-disabled", "true");
});

test("a file is taken whole, or its wrong lines are shown", async () => {
  const sent: string[] = [];
  server.use(
    listed,
    answers.get("/pairing/customers", page([guest()])),
    http.post("http://qlobooks.test/api/v1/pairing/customers.csv", async ({ request }) => {
      expect(request.headers.get("Content-Type")).toBe("text/csv");
      sent.push(await request.text());
      if (sent.length > 1) return HttpResponse.json({ paired: 1, unchanged: 2 });
      return new HttpResponse('line,field,message\n2,customer_id,is no listed customer\n4,,"has 3 columns, instead of 2"\n', { status: 422, headers: { "Content-Type": "text/csv; charset=utf-8" } });
    }),
  );
  const user = open("/pairing");
  await user.click(await screen.findByRole("button", { name: "Import a CSV file" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Import" }));
  expect(within(dialog).getByText("Choose a file first.")).toBeVisible();
  const pick = (text: string) => user.upload(document.querySelector("input[type=file]") as HTMLInputElement, new File([text], "pairs.csv", { type: "text/csv" }));
  await pick("customer_id,zoho_contact_id\n99,46\n");
  await user.click(within(dialog).getByRole("button", { name: "Import" }));
  const wrong = await within(dialog).findByRole("alert");
  expect(wrong).toHaveTextContent("2 lines are wrong, so nothing was paired");
  expect(within(wrong).getByText("has 3 columns, instead of 2")).toBeVisible();
  expect(within(wrong).getByText("the line")).toBeVisible();
  await pick("customer_id,zoho_contact_id\n1,46\n");
  await user.click(within(dialog).getByRole("button", { name: "Import" }));
  expect(await screen.findByText("1 customer was paired, 2 lines changed nothing.")).toBeVisible();
  expect(sent[1]).toBe("customer_id,zoho_contact_id\n1,46\n");
});

test("the pairs are saved as the file that the API gives", async () => {
  const saved: Blob[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"), revokeObjectURL: () => undefined }));
  HTMLAnchorElement.prototype.click = () => undefined;
  server.use(
    listed,
    answers.get("/pairing/customers", page([guest()])),
    http.get("http://qlobooks.test/api/v1/pairing/customers.csv", () => new HttpResponse("customer_id,zoho_contact_id\n1,\n", { headers: { "Content-Type": "text/csv" } })),
  );
  const user = open("/pairing", "viewer");
  await user.click(await screen.findByRole("button", { name: "Export as CSV" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  // a viewer may read the file, not change pairs
  expect(screen.getByRole("button", { name: "Import a CSV file" })).toHaveAttribute("aria-disabled", "true");
});

test("without a list of customers the page says what to do first", async () => {
  server.use(answers.get("/records/customers", aPage([], { initialized_at: null })), answers.get("/pairing/customers", page([], { loaded_at: null })));
  open("/pairing");
  expect(await screen.findByRole("link", { name: "Open Customers" })).toHaveAttribute("href", "/synchronization/customers");
});

test("filter and search stand in the address and reach the API", async () => {
  const asked: string[] = [];
  server.use(
    listed,
    http.get("http://qlobooks.test/api/v1/pairing/customers", ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(page([guest()]));
    }),
  );
  const user = open("/pairing?q=nor");
  await user.click(await screen.findByRole("radio", { name: /Without contact/ }));
  await expect.poll(() => asked.at(-1)).toContain("status=open");
  expect(asked.at(-1)).toContain("q=nor");
  expect(window.location.search).toContain("status=open");
});

test("a pair stays shown when a list comes late that was read before it", async () => {
  const before = page([guest({ suggestions: [nora] })]);
  const after = page([guest({ zoho_contact_id: nora.zoho_contact_id, zoho_contact_name: nora.name, paired: true })]);
  const late = held("/pairing/customers");
  server.use(
    listed,
    answers.get("/pairing/customers", before),
    answers.post("/pairing/customers/load", () => {
      const run = aRun({ id: "7", kind: "pairing" });
      server.use(answers.get("/runs", { items: [{ ...run, status: "running" }], next_cursor: null, counts: { running: 1 } }));
      return [run, 202];
    }),
    answers.post("/pairing/customers/1", () => [after.items[0], 200]),
  );
  const user = open("/pairing");
  const act = await screen.findByRole("button", { name: "Pair Nora Castellan with Nora Castellan" });
  server.use(late.handler);
  await user.click(screen.getByRole("button", { name: "Load contacts again" }));
  await expect.poll(() => late.waiting.length).toBe(1); // what the run begins with is being read
  await user.click(act);
  expect(await screen.findByText(/Paired by a person/)).toBeVisible();
  late.waiting[0]?.answer(before);
  await expect.poll(() => late.waiting.length).toBe(2);
  expect(screen.getByText(/Paired by a person/)).toBeVisible();
  late.waiting[1]?.answer(after);
});

test("a pair is said to be made also where a list that came first has taken its row away", async () => {
  const after = page([guest({ zoho_contact_id: nora.zoho_contact_id, zoho_contact_name: nora.name, paired: true })]);
  const events = stream("/events");
  let answer: () => void = () => undefined;
  const run = aRun({ id: "8", status: "done" });
  server.use(
    listed,
    events.handler,
    answers.get("/pairing/customers", page([guest({ suggestions: [nora] })])),
    http.post("http://qlobooks.test/api/v1/pairing/customers/1", () => {
      server.use(answers.get("/pairing/customers", after), answers.get("/runs", { items: [run], next_cursor: null, counts: { done: 1 } }));
      return new Promise<HttpResponse<object>>((resolve) => (answer = () => resolve(HttpResponse.json(after.items[0] as object))));
    }),
  );
  const user = open("/pairing");
  await user.click(await screen.findByRole("button", { name: "Pair Nora Castellan with Nora Castellan" }));
  events.tell("run", run);
  expect(await screen.findByText(/Paired by a person/)).toBeVisible();
  answer();
  expect(await screen.findByText("Nora Castellan is paired with Nora Castellan.")).toBeVisible();
});
