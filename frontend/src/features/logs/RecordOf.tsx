import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RecordLink } from "@/api/types";
import { recordLink } from "@/lib/link";
import { flowName, t } from "@/lib/texts";
import classes from "./Logs.module.css";

/** what a line is about: the record's page, the run's, or its bare name; in full also which document of it */
export function RecordOf({ of, record, full }: { of: string; record: RecordLink | null; full?: boolean }) {
  const [kind = "", ...rest] = of.split(":");
  const id = rest.join(":");
  if (kind === "run" && id) {
    return (
      <Anchor component={Link} to={`/runs/${id}`} inherit underline="hover">
        {t.logs.run(id)}
      </Anchor>
    );
  }
  const words = id ? `${flowName[kind] ?? kind} ${id}` : of || "–";
  if (!record) return <>{words}</>;
  return (
    <>
      <Anchor component={Link} {...recordLink(record.section, record.source_id)} inherit underline="hover" title={words}>
        {record.name}
      </Anchor>
      {full ? <span className={classes.document}>{words}</span> : null}
    </>
  );
}
