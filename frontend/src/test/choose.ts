import { screen } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";

/** opens a menu and takes an item; while a page is still being built its button may be replaced under the first click */
export async function choose(user: UserEvent, menu: string, item: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    await user.click(await screen.findByRole("button", { name: menu }));
    const found = await screen.findByRole("menuitem", { name: item }, { timeout: tries < 3 ? 3000 : 10_000 }).catch((problem: unknown) => {
      if (tries === 3) throw problem;
      return null;
    });
    if (found) return user.click(found);
  }
}
