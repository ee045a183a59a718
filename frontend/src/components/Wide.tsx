import type { ReactNode } from "react";

/** what may be wider than the page scrolls by itself, also by keyboard, so that the page does not */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" aria-label={label} tabIndex={0} style={{ overflowX: "auto", contain: "inline-size" }}>
      {children}
    </div>
  );
}
