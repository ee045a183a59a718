import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { GuideStep } from "@/api/types";
import { Panel } from "@/components/Panel";
import { connectionQuery } from "@/features/connection/connection.api";
import { t } from "@/lib/texts";
import classes from "./Start.module.css";

type Item = { key: string; state: string; name: string; detail: string };

/** everything that must answer before Zoho is asked for anything */
export function CheckStep({ step }: { step: GuideStep }) {
  const { data: connection } = useQuery(connectionQuery);
  const items: Item[] = step.checks.map((check) => ({ ...check, name: t.start.check.name[check.key] ?? check.key }));
  if (connection) {
    const there = originOf(connection.redirect_url);
    const here = window.location.origin;
    items.push({ key: "address", name: t.start.check.address, state: here === there ? "ok" : "needs_you", detail: here === there ? t.start.check.addressOk(here) : t.start.check.addressOther(here, there) });
  }
  return (
    <Panel title={t.start.name.check ?? ""} note={t.start.what.check}>
      <CheckList items={items} />
    </Panel>
  );
}

function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    return address;
  }
}

export function CheckList({ items }: { items: readonly Item[] }) {
  return (
    <ul className={classes.checks}>
      {items.map((item) => (
        <li key={item.key}>
          {item.state === "ok" ? (
            <IconCircleCheck size={20} color="var(--mantine-color-anchor)" aria-hidden />
          ) : item.state === "needs_you" ? (
            <IconAlertTriangle size={20} color="var(--mantine-color-error)" aria-hidden />
          ) : (
            <IconHelpCircle size={20} aria-hidden />
          )}
          <div>
            <strong>
              {item.name}: {t.connection.checkState[item.state] ?? item.state}
            </strong>
            <p>{item.detail}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
