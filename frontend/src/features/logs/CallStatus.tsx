import { IconAlertTriangle, IconCircleCheck, IconWifiOff } from "@tabler/icons-react";
import type { LogLine } from "@/api/types";
import { Chip } from "@/components/Chip";
import { codeName, t } from "@/lib/texts";

/** the API's path without what is the same in every call */
export function shortPath(path: string): string {
  return path.replace(/^\/books\/v3(?=\/)/, "");
}

export function CallStatus({ line }: { line: Pick<LogLine, "status" | "error"> }) {
  const Icon = line.error ? (line.status === 0 ? IconWifiOff : IconAlertTriangle) : IconCircleCheck;
  const status = line.status === 0 ? t.logs.noAnswer : String(line.status);
  return (
    <Chip plain tone={line.error ? "bad" : "good"} icon={Icon} hint={line.error ? codeName(line.error) : undefined}>
      {line.error ? `${status} · ${codeName(line.error)}` : status}
    </Chip>
  );
}
