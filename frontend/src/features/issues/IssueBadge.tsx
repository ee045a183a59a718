import { useQuery } from "@tanstack/react-query";
import { t } from "@/lib/texts";
import classes from "./IssuesPage.module.css";
import { waitsForYou } from "./issues";
import { issuesQuery } from "./issues.api";

/** how many documents wait, beside the menu's entry; nothing when none does */
export function IssueBadge() {
  const { data } = useQuery(issuesQuery);
  const count = data?.items.filter(waitsForYou).reduce((n, item) => n + item.count, 0) ?? 0;
  if (count === 0) return null;
  return (
    <span className={classes.badge}>
      <span aria-hidden>{count > 999 ? "999+" : count}</span>
      <span className="q-visually-hidden">: {t.issues.badge(count)}</span>
    </span>
  );
}
