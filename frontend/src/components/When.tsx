import { Tooltip } from "@mantine/core";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import { formatInstant, formatUtc } from "@/lib/time";

/** an instant in the hotel's zone, with UTC on hover */
export function When({ at, never = "–", plain }: { at: string | null | undefined; never?: string; plain?: boolean }) {
  const zone = useZone();
  if (!at) return <span style={{ color: "var(--mantine-color-dimmed)" }}>{never}</span>;
  const hover = zone ? `${formatUtc(at)} · ${t.shownIn(zone)}` : formatUtc(at);
  const time = (
    <time dateTime={at} title={plain ? hover : undefined} style={{ whiteSpace: "nowrap" }}>
      {formatInstant(at, zone)}
    </time>
  );
  return plain ? time : <Tooltip label={hover}>{time}</Tooltip>;
}
