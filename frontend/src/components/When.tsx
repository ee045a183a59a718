import { Tooltip } from "@mantine/core";
import { useZone } from "@/lib/zone";
import { formatInstant, formatUtc } from "@/lib/time";

/** an instant in the hotel's zone, with UTC on hover */
export function When({ at, never = "–" }: { at: string | null | undefined; never?: string }) {
  const zone = useZone();
  if (!at) return <span style={{ color: "var(--mantine-color-dimmed)" }}>{never}</span>;
  return (
    <Tooltip label={`${formatUtc(at)}${zone ? ` · shown in ${zone}` : ""}`}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {formatInstant(at, zone)}
      </time>
    </Tooltip>
  );
}
