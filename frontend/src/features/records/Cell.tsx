import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RecordItem } from "@/api/types";
import { Amount } from "@/components/Amount";
import { DraftChip, StatusChip } from "@/components/Chip";
import { Outside } from "@/components/Outside";
import { PhaseMark } from "@/components/PhaseStepper";
import { When } from "@/components/When";
import { formatDay, formatDays } from "@/lib/time";
import { t } from "@/lib/texts";
import { textOf, valuesOf } from "./columns";
import { Remark } from "./IssueBox";
import classes from "./RecordsTable.module.css";

const amount = /^-?\d+(\.\d+)?$/;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** one cell of a record, by the id of its column */
export function Cell({ item, column }: { item: RecordItem; column: string }) {
  switch (column) {
    case "id":
      return <>{item.source_id}</>;
    case "status":
      return <StatusChip plain status={item.status} />;
    case "phase":
      return <Walk item={item} />;
    case "remark":
      return <Remark item={item} />;
    case "last":
      return <When plain at={item.last_synced_at} never={t.sync.never} />;
    case "zoho":
      return <ZohoLink item={item} />;
    case "stay":
      return <>{formatDays(textOf(item, "check_in"), textOf(item, "check_out"))}</>;
    case "total":
    case "paid": {
      const value = textOf(item, column);
      return amount.test(value) ? <Amount value={value} currency={textOf(item, "currency")} /> : <>{value || "–"}</>;
    }
    default:
      return <Field item={item} field={column} />;
  }
}

/** states that a phase does not tell */
const loud = new Set(["pending", "syncing", "blocked", "held", "failed", "unknown", "rejected", "skipped", "disabled"]);

/** whether a row has a line about its cause, or about what is good to know */
export function remarked(item: RecordItem): boolean {
  return Boolean(item.issue) || (item.notices?.length ?? 0) > 0;
}

/** the one state of an order: its phase, what stops it there, and why */
export function Walk({ item }: { item: RecordItem }) {
  return (
    <span className={classes.walk}>
      <span>
        <PhaseMark phase={item.phase} />
        {item.draft ? <DraftChip plain /> : null}
        {loud.has(item.status) ? <StatusChip plain status={item.status} /> : null}
      </span>
      {remarked(item) ? (
        <small>
          <Remark item={item} />
        </small>
      ) : null}
    </span>
  );
}

function Field({ item, field }: { item: RecordItem; field: string }) {
  const values = valuesOf(item, field);
  if (values.length === 0) return <>–</>;
  return (
    <>
      {values.map((value, at) => (
        <span key={`${value.text}${value.url ?? ""}`}>
          {at > 0 ? ", " : ""}
          <Outside wrap href={value.url}>{day.test(value.text) ? formatDay(value.text) : value.text}</Outside>
        </span>
      ))}
    </>
  );
}

export function ZohoLink({ item }: { item: RecordItem }) {
  if (!item.zoho_id) return <>–</>;
  return (
    <Outside href={item.zoho_url} label={t.sync.openZoho(item.name)}>
      {item.zoho_number || item.zoho_id}
    </Outside>
  );
}

export function NameLink({ item, section }: { item: RecordItem; section: string }) {
  return (
    <Anchor
      component={Link}
      to={`/synchronization/${section}`}
      // biome-ignore lint/suspicious/noExplicitAny: the search of this route is typed where it is read
      search={((before: any) => ({ ...before, record: item.source_id })) as any}
      data-record={item.source_id}
      fw={550}
      inherit
      underline="hover"
      c="var(--mantine-color-text)"
    >
      {item.name}
    </Anchor>
  );
}
