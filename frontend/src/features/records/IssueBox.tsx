import { Anchor } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Issue, Notice, RecordItem } from "@/api/types";
import { cureLink, noticeTitle, t } from "@/lib/texts";
import classes from "./RecordDrawer.module.css";

/** why a record is not where it should be, what to do about it, and where */
export function IssueBox({ issue, children }: { issue: Issue; children?: ReactNode }) {
  const place = cureLink[issue.code];
  return (
    <div className={classes.issue}>
      <strong>{issue.title}</strong>
      {issue.detail && issue.detail !== issue.title ? <p>{issue.detail}</p> : null}
      {issue.action ? (
        <p className={classes.cure}>
          {t.detail.cure}: {issue.action}
        </p>
      ) : null}
      {place ? (
        <p>
          <Anchor component={Link} to={place.to} inherit underline="always">
            {place.label}
          </Anchor>
        </p>
      ) : null}
      {children}
    </div>
  );
}

export function Notices({ items }: { items: Notice[] | null | undefined }) {
  if (!items?.length) return null;
  return (
    <ul className={classes.notices} aria-label={t.detail.notices}>
      {items.map((notice) => (
        <li key={notice.code + notice.detail} className={classes.notice}>
          <IconInfoCircle size={17} stroke={1.8} aria-hidden />
          <span>
            <strong>{noticeTitle(notice.code) ?? t.detail.notices}</strong>
            {notice.detail ? <> {notice.detail}</> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** one line for a row of a list: the cause that stops it, else what is good to know */
export function Remark({ item }: { item: RecordItem }) {
  if (item.issue) {
    return (
      <span className={classes.remark} title={[item.issue.title, item.issue.detail, item.issue.action].filter(Boolean).join("\n")}>
        <IconAlertTriangle size={15} stroke={1.9} aria-hidden />
        {item.issue.title}
      </span>
    );
  }
  const notice = item.notices?.[0];
  if (!notice) return <>–</>;
  const more = item.notices.length - 1;
  return (
    <span className={classes.remark} title={item.notices.map((one) => one.detail).join("\n")}>
      <IconInfoCircle size={15} stroke={1.9} aria-hidden />
      {noticeTitle(notice.code) ?? notice.detail}
      {more > 0 ? ` (+${more})` : ""}
    </span>
  );
}
