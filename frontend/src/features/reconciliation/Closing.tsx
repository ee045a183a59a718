import { Anchor, Group, Table, Text } from "@mantine/core";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ClosedMonth, PeriodDrift, Reconciliation } from "@/api/types";
import { ActionButton } from "@/components/ActionButton";
import { Amount } from "@/components/Amount";
import { Chip } from "@/components/Chip";
import { notifyDone } from "@/components/notify";
import { Outside } from "@/components/Outside";
import { Panel } from "@/components/Panel";
import { When } from "@/components/When";
import { Wide } from "@/components/Wide";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import { recordLink } from "@/lib/link";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import { CloseDialog } from "./CloseDialog";
import { periodsQuery, useReopen } from "./closing.api";
import { monthBefore, type Period, periodName } from "./period";
import classes from "./Reconciliation.module.css";

/** "2026-03" of days that are a whole month; undefined of any others */
export function monthOf({ from, to }: Period): string | undefined {
  const month = monthBefore(from, 0);
  return month.from === from && month.to === to ? from.slice(0, 7) : undefined;
}

/** a whole month that is over: closed by whom, or the way to close it */
export function Closing({ found, period, hotel, today }: { found: Reconciliation; period: Period; hotel?: string; today: string }) {
  const month = monthOf(period);
  const { data } = useQuery({ ...periodsQuery, enabled: month !== undefined });
  const shown = data?.items.find((one) => one.month === month);
  if (!month || !data) return null;
  if (shown?.state === "closed") return <Closed month={shown} name={periodName(period)} />;
  if (hotel || period.to >= today || found.as_of === null) return null; // a month is closed for all hotels together
  return <Open month={month} found={found} name={periodName(period)} />;
}

function Open({ month, found, name }: { month: string; found: Reconciliation; name: string }) {
  const [closing, setClosing] = useState(false);
  return (
    <section className={`q-panel ${classes.reading}`} aria-label={t.closing.title}>
      <div>
        <Group gap="sm">
          <IconLockOpen size={18} stroke={1.8} aria-hidden />
          <Text size="sm" fw={550}>
            {t.closing.open(name)}
          </Text>
        </Group>
        <Text size="sm" c="dimmed" mt={4} maw="80ch">
          {t.closing.openText}
        </Text>
      </div>
      <ActionButton needs="accountant" variant="default" leftSection={<IconLock size={17} aria-hidden />} because={!found.complete && t.closing.readFirst} onClick={() => setClosing(true)}>
        {t.closing.close}
      </ActionButton>
      {closing ? <CloseDialog month={month} name={name} found={found} close={() => setClosing(false)} /> : null}
    </section>
  );
}

function Closed({ month, name }: { month: ClosedMonth; name: string }) {
  const [opening, setOpening] = useState(false);
  const reopen = useReopen(month.month);
  return (
    <>
      <section className={`q-panel ${classes.reading}`} aria-label={t.closing.title}>
        <div>
          <Group gap="sm">
            <Chip tone={month.drift_count > 0 ? "attention" : "good"} icon={IconLock}>
              {t.closing.closed}
            </Chip>
            <Text size="sm">
              {t.closing.closedBy(name, month.closed_by ?? "")}, <When at={month.closed_at} />
            </Text>
          </Group>
          <Text size="sm" mt={4} maw="80ch">
            {month.reason}
          </Text>
          <Text size="sm" c="dimmed" maw="80ch">
            {month.accepted.length > 0 ? `${t.closing.accepted(month.accepted.length)}. ` : ""}
            {month.drift_count > 0 ? t.closing.drifted(month.drift_count) : t.closing.same}
          </Text>
          {month.accepted.length > 0 ? (
            <ul className={classes.accepted} aria-label={t.closing.accepted(month.accepted.length)}>
              {month.accepted.map((one) => (
                <li key={`${one.kind} ${one.flow}:${one.source_id} ${one.zoho_id ?? ""}`}>
                  {one.title}: {one.reason}
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        <ActionButton needs="accountant" variant="default" leftSection={<IconLockOpen size={17} aria-hidden />} onClick={() => setOpening(true)}>
          {t.closing.reopen}
        </ActionButton>
        {opening ? (
          <ReasonDialog
            title={t.closing.reopenTitle(name)}
            text={t.closing.reopenText}
            confirm={t.closing.reopen}
            close={() => setOpening(false)}
            act={async (reason) => {
              await reopen.mutateAsync(reason);
              notifyDone(t.closing.reopened(name));
            }}
          />
        ) : null}
      </section>
      {month.drift_count > 0 ? <Drifts month={month} /> : null}
    </>
  );
}

/** what is not as it was agreed: document, day and both amounts */
function Drifts({ month }: { month: ClosedMonth }) {
  const left = month.drift_count - month.drifts.length;
  return (
    <Panel title={t.closing.drifted(month.drift_count)} note={t.closing.driftedNote}>
      <Wide label={t.closing.drifted(month.drift_count)}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.closing.document}</Table.Th>
              <Table.Th scope="col">{t.closing.day}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.closing.was}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.closing.now}</Table.Th>
              <Table.Th scope="col">{t.closing.how}</Table.Th>
              <Table.Th scope="col">{t.closing.found}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {month.drifts.map((one) => (
              <Drift key={`${one.flow}:${one.source_id} ${one.zoho_id ?? ""}`} item={one} />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      {left > 0 ? <Text size="sm">{t.closing.more(left)}</Text> : null}
    </Panel>
  );
}

function Drift({ item }: { item: PeriodDrift }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500} style={{ whiteSpace: "nowrap" }}>
        {item.order_id ? (
          <Anchor component={Link} {...recordLink("orders", item.order_id)} inherit underline="always" c="var(--mantine-color-text)">
            {item.title}
          </Anchor>
        ) : (
          item.title
        )}
        {item.zoho_url && item.now !== null ? (
          <Text size="sm">
            <Outside href={item.zoho_url} label={item.title}>
              {t.reconciliation.inZoho}
            </Outside>
          </Text>
        ) : null}
      </Table.Th>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{item.day ? formatDay(item.day) : "–"}</Table.Td>
      <Table.Td className="q-num">
        <Sum value={item.was} currency={item.currency} />
      </Table.Td>
      <Table.Td className="q-num">
        <Sum value={item.now} currency={item.currency} />
      </Table.Td>
      <Table.Td miw="16rem">{item.detail}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <When at={item.found_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function Sum({ value, currency }: { value: string | null; currency: string }) {
  if (value === null) return <span className={classes.none}>{t.closing.notThere}</span>;
  return <Amount value={value} currency={currency} />;
}
