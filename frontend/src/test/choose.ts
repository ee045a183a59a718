import { screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";

/** opens a menu and takes an item */
export async function choose(user: UserEvent, menu: string, item: string): Promise<void> {
  await user.click(await screen.findByRole("button", { name: menu }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}
