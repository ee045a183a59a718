import axe from "axe-core";
import { expect } from "vitest";

HTMLCanvasElement.prototype.getContext = () => null; // axe measures icons with it, and here is none

/** holds what is on the page to axe; colors need a layout, and the browser's walk looks at them */
export async function expectAccessible(root: Element = document.body): Promise<void> {
  const { violations } = await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
}
