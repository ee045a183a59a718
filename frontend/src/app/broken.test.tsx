import { screen } from "@testing-library/react";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// The application is read anew: of one that another test has opened, this page may be there already.
beforeAll(() => {
  vi.resetModules();
  vi.doMock("@/features/tools/ToolsPage", () => ({
    get ToolsPage() {
      throw new Error("Failed to fetch dynamically imported module");
    },
  }));
});

afterAll(() => {
  vi.doUnmock("@/features/tools/ToolsPage");
  vi.resetModules();
});

test("a page that cannot be fetched, as without a network, says so inside the menu and leaves the others open", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { open } = await import("@/test/open");
  const user = open("/tools");
  expect(await screen.findByRole("heading", { name: "This page could not be shown" })).toBeVisible();
  expect(screen.getByText(/QloBooks cannot be reached, or was updated meanwhile/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(screen.queryByText("There is no such page")).toBeNull();
  await user.click(screen.getByRole("link", { name: "Runs" }));
  expect(await screen.findByRole("heading", { name: "Runs" })).toBeVisible();
});
