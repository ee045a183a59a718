import { LinkTabs } from "@/components/LinkTabs";
import { t } from "@/lib/texts";

export function LogTabs({ current }: { current: "calls" | "audit" }) {
  return (
    <LinkTabs
      label={t.logs.tabs}
      current={current}
      tabs={[
        { key: "calls", label: t.logs.calls, link: { to: "/logs" } },
        { key: "audit", label: t.logs.audit, link: { to: "/logs/audit" } },
      ]}
    />
  );
}
