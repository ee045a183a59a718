import { Anchor } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** a link out of QloBooks; only web addresses become links. The label follows what is seen, for those who hear it */
export function Outside({ href, children, label, wrap }: { href: string | null | undefined; children: ReactNode; label?: string; wrap?: boolean }) {
  if (!href || !/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" style={wrap ? undefined : { whiteSpace: "nowrap" }} inherit underline="always">
      {children}
      {label ? <span className="q-visually-hidden"> {label}</span> : null}
      <IconExternalLink size={14} stroke={1.8} aria-hidden style={{ marginLeft: 3, verticalAlign: "-2px" }} />
    </Anchor>
  );
}
