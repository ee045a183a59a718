import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { ActionButton } from "@/components/ActionButton";
import { RoleContext } from "@/lib/role";

const shown = (role: string | undefined, pressed: () => void) => (
  <MantineProvider>
    <RoleContext.Provider value={role}>
      <ActionButton needs="accountant" onClick={pressed}>
        Retry all
      </ActionButton>
    </RoleContext.Provider>
  </MantineProvider>
);

test("a button whose role is not known yet waits without a reason, and tells one only to whom it is refused", async () => {
  const user = userEvent.setup();
  let presses = 0;
  const { rerender } = render(shown(undefined, () => presses++));
  const button = screen.getByRole("button", { name: "Retry all" });
  await user.hover(button);
  await user.click(button);
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByText(/Ask an administrator/)).not.toBeInTheDocument();
  rerender(shown("operator", () => presses++));
  await user.unhover(button);
  await user.hover(button);
  await user.click(button);
  expect(await screen.findByText("Ask an administrator for the Accountant role.")).toBeInTheDocument();
  expect(presses).toBe(0);
  rerender(shown("accountant", () => presses++));
  await user.click(button);
  expect(screen.queryByText(/Ask an administrator/)).not.toBeInTheDocument();
  expect(presses).toBe(1);
});

test("a double click asks once", async () => {
  const user = userEvent.setup();
  let presses = 0;
  render(shown("accountant", () => presses++));
  await user.dblClick(screen.getByRole("button", { name: "Retry all" }));
  expect(presses).toBe(1);
});
