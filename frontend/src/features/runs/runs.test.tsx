import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import { answers, aRun, server } from "@/test/server";

const waiting = aRun({
  id: "5",
  kind: "tick",
  section: null,
  status: "waiting",
  brake: { limit: "brake_max_records", allowed: "500", wanted: "812", sample: ["Order LARKPLAIN", "Order LARKMIXED"] },
});

test("a run that waits on a brake shows what it wants, and goes on with a reason", async () => {
  const released: unknown[] = [];
  server.use(
    answers.get("/runs/5", waiting),
    answers.get("/runs/5/events", { code: "gone", detail: "" }, 404),
    answers.post("/runs/5/release", (body) => {
      released.push(body);
      return [{ ...waiting, status: "running" }, 200];
    }),
  );
  const user = open("/runs/5");
  expect(await screen.findByText("Records in one run: it wants 812, and 500 are allowed.")).toBeVisible();
  expect(screen.getByText("Order LARKMIXED")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Release" }));
  const dialog = await screen.findByRole("dialog", { name: "Release all 812?" });
  await user.type(within(dialog).getByRole("textbox"), "Month end, checked");
  await user.click(within(dialog).getByRole("button", { name: "Release" }));
  await expect.poll(() => released).toEqual([{ reason: "Month end, checked" }]);
});

test("a viewer is told who may release it", async () => {
  server.use(
    answers.get("/runs/5", waiting),
    answers.get("/runs/5/events", { code: "gone", detail: "" }, 404),
  );
  open("/runs/5", "viewer");
  expect(await screen.findByRole("button", { name: "Release" })).toHaveAttribute("aria-disabled", "true");
});
