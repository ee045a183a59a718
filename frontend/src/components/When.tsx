import { Tooltip } from "@mantine/core";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { formatInstant, formatUtc } from "@/lib/time";

/** an instant in the hotel's zone, with UTC on hover */
export function When({ at, never = "–" }: { at: string | null | undefined; never?: string }) {
  const zone = useZone();
  if (!at) return <span style={{ color: "var(--mantine-color-dimmed)" }}>{never}</span>;
  return (
    <Tooltip label={zone ? `${formatUtc(at)} · ${t.shownIn(zone)}` : formatUtc(at)}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {formatInstant(at, zone)}
      </time>
    </Tooltip>
  );
}
