import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, aPage, server } from "@/test/server";

const lists = [
  ["/synchronization/orders", "/records/orders", "Search", { initialized_at: "2026-03-01T09:00:00Z" }],
  ["/pairing", "/pairing/customers", "Search customers", { loaded_at: null, counts: { open: 1 } }],
  ["/logs", "/logs", "Search", {}],
  ["/logs/audit", "/audit", "Search", {}],
  ["/payments", "/payments/imported", "Search", { counts: { waiting: 1 } }],
] as const;

test.each(lists)("on %s what is being typed stays as it is typed when the list follows it", async (address, path, label, more) => {
  const asked: (string | null)[] = [];
  server.use(
    answers.get("/records/customers", aPage([])),
    http.get(`http://qlobooks.test/api/v1${path}`, ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("q"));
      return HttpResponse.json({ ...aPage([]), ...more });
    }),
  );
  const user = open(address);
  const box = await screen.findByLabelText(label);
  await user.type(box, "nora ");
  await expect.poll(() => asked.at(-1)).toBe("nora");
  expect(box).toHaveValue("nora ");
  await user.type(box, "c");
  await expect.poll(() => asked.at(-1)).toBe("nora c");
});
