import type { Issue, Notice } from "@/api/types";
import { t } from "@/lib/texts";
import classes from "./RecordDrawer.module.css";

/** why a record is not where it should be, and what to do about it */
export function IssueBox({ issue }: { issue: Issue }) {
  return (
    <div className={classes.issue}>
      <strong>{issue.title}</strong>
      {issue.detail ? <p>{issue.detail}</p> : null}
      {issue.action ? (
        <p className={classes.cure}>
          {t.detail.cure}: {issue.action}
        </p>
      ) : null}
    </div>
  );
}

export function Notices({ items }: { items: Notice[] | null | undefined }) {
  if (!items?.length) return null;
  return (
    <>
      {items.map((notice) => (
        <div key={notice.code + notice.detail} className={classes.notice}>
          {notice.detail}
        </div>
      ))}
    </>
  );
}
