import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { Comparison } from "@/api/types";
import { expectAccessible } from "@/test/axe";
import { open } from "@/test/open";
import { aDetail, aDocument, answers, aPage, server } from "@/test/server";
import "@/features/records/RecordsPage"; // fetched before the clock of a test runs

const compared = (change: Partial<Comparison> = {}): Comparison => ({
  currency: "USD",
  lines: [{ name: "Twin room", quantity: "2", qloapps_without_tax: "100.000000", qloapps_with_tax: "104.000000", rates: "4", amount: "104.00", discount: null }],
  discounts: [{ name: "Welcome", without_tax: "10.00", with_tax: "20.00" }],
  wanted: { total: "84.00", tax: "-6.00" },
  predicted: { total: "84.00", tax: "3.23" },
  taxes: [{ percent: "4", compound: false, wanted: "-6.000000", predicted: "3.23" }],
  ...change,
});

function held(comparison: Comparison) {
  server.use(
    answers.get(
      "/records/orders/1",
      aDetail({ status: "held", documents: [aDocument({ status: "held", zoho_id: null, issue: { code: "totals_differ", title: "Totals differ", detail: "Both.", action: "Check.", comparison } })] }),
    ),
  );
}

beforeEach(() => {
  server.use(answers.get("/records/orders", aPage([])), answers.get("/records/currencies", aPage([])), answers.get("/records/hotels", aPage([])));
});

test("a held total shows both computations and the difference per tax in words", async () => {
  held(compared());
  open("/synchronization/orders?record=1");
  const box = await screen.findByRole("region", { name: "Both computations" });
  expect(box).toHaveTextContent("Both come to 84.00 USD; the taxes within it differ.");
  const totals = within(box).getByRole("table", { name: "Totals and taxes" });
  expect(within(totals).getByRole("row", { name: /^Total 84/ })).toHaveTextContent("the same");
  const tax = within(totals).getByRole("row", { name: /Tax at 4 %/ });
  expect(tax).toHaveTextContent("\u22126.00");
  expect(tax).toHaveTextContent("9.23 more");
  const line = within(within(box).getByRole("table", { name: "Lines" })).getByRole("row", { name: /Twin room/ });
  expect(line).toHaveTextContent("× 2");
  expect(line).toHaveTextContent("104.00");
  expect(within(box).getByRole("row", { name: /Welcome/ })).toHaveTextContent("\u221220.00");
  await expectAccessible(box);
});

test("a total that differs says by how much", async () => {
  held(compared({ predicted: { total: "83.98", tax: "3.23" } }));
  open("/synchronization/orders?record=1");
  expect(await screen.findByText("Zoho Books would come to 83.98 USD, 0.02 USD less than QloApps' 84.00 USD.")).toBeVisible();
});

test("where nothing was computed, or QloApps does not say its tax, the box says so", async () => {
  held(compared({ predicted: null, taxes: [{ percent: "7.500", compound: true, wanted: null, predicted: "1.00" }] }));
  open("/synchronization/orders?record=1");
  const box = await screen.findByRole("region", { name: "Both computations" });
  expect(box).toHaveTextContent("It did not come to a computation of Zoho Books");
  expect(box).toHaveTextContent("Tax at 7.5 % on top of the others");
  expect(box).toHaveTextContent("not stated");
});
