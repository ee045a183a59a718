// The client that is made from the OpenAPI file, used as another program would: with an address and a token
// of its own, and nothing of the pages.
import { HttpResponse, http } from "msw";
import createClient from "openapi-fetch";
import { expect, test } from "vitest";
import { server } from "@/test/server";
import type { paths } from "./schema.gen";

test("a client made from the file sends what it says, and knows answers and problems", async () => {
  const client = createClient<paths>({ baseUrl: "http://hotel.test", headers: { Authorization: "Bearer qlb_other" } });
  const asked: unknown[] = [];
  server.use(
    http.post("http://hotel.test/api/v1/records/orders/sync", async ({ request }) => {
      asked.push(request.headers.get("Authorization"), await request.json());
      return HttpResponse.json({ id: "42", status: "queued" }, { status: 202 });
    }),
    http.get("http://hotel.test/api/v1/runs/42", () => HttpResponse.json({ code: "not_found", detail: "There is no run «42».", request_id: "r", status: 404, title: "Not found" }, { status: 404 })),
  );
  const begun = await client.POST("/api/v1/records/{section}/sync", { params: { path: { section: "orders" } }, body: { filter: { status: ["held"], date_from: "2026-03-01" } } });
  expect(begun.data?.id).toBe("42");
  expect(asked).toEqual(["Bearer qlb_other", { filter: { status: ["held"], date_from: "2026-03-01" } }]);
  const run = await client.GET("/api/v1/runs/{id}", { params: { path: { id: "42" } } });
  expect(run.data).toBeUndefined();
  expect(run.error?.code).toBe("not_found");
  // @ts-expect-error a section that there is not is refused by the compiler
  const wrong = () => client.GET("/api/v1/records/{section}", { params: { path: { section: "rooms" } } });
  expect(wrong).toBeTypeOf("function");
});
