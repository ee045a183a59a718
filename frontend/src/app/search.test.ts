import { expect, test } from "vitest";
import { readSearch } from "@/features/records/filters";
import { parseSearch, stringifySearch } from "./search";

test("an address says in plain words what is shown, and opens as the same again", () => {
  const search = { status: ["held", "failed"], q: "0042", columns: "status,total", record: "3" };
  const address = stringifySearch(search);
  expect(address).toBe("?status=held&status=failed&q=0042&columns=status,total&record=3");
  expect(readSearch(parseSearch(address))).toEqual(search);
});

test("what an address has wrong is left out", () => {
  expect(readSearch(parseSearch("?status=nonsense&from=yesterday&phase=invoice_sync&currency=euro&customer=12a"))).toEqual({ phase: "invoice_sync" });
});
