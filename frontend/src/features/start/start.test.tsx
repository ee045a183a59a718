import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { aMapping, anOverview, answers, aRun, aStep, server } from "@/test/server";
import "./StartPage"; // fetched before the tests begin to wait for it

test("no table is shown while Zoho Books is prepared, as rows that come would move the others away, and all of them after that", async () => {
  const kinds = ["taxes", "items", "accounts", "payment-modes", "deposit-accounts"];
  const atWork = { items: [aRun({ kind: "setup", status: "running" })], next_cursor: null, counts: {} };
  server.use(
    answers.get("/overview", { ...anOverview, guide: { steps: [aStep("set_up", "open"), aStep("map", "open")] } }),
    answers.get("/runs", atWork),
    ...kinds.map((kind) => answers.get(`/mappings/${kind}`, aMapping({ kind, refreshed_at: null } as never))),
  );
  open("/start?step=map");
  expect(await screen.findByText("Zoho Books is being prepared")).toBeVisible();
  expect(screen.queryByRole("combobox", { name: /In Zoho Books/ })).toBeNull();
  server.use(answers.get("/runs", { ...atWork, items: [] }), ...kinds.map((kind) => answers.get(`/mappings/${kind}`, aMapping({ kind } as never))));
  expect((await screen.findAllByRole("combobox", { name: /In Zoho Books/ })).length).toBeGreaterThan(0);
  expect(screen.queryByText(/has not been read/)).toBeNull();
});
