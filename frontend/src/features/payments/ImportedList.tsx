import { Anchor, Group, Text } from "@mantine/core";
import { IconArrowsExchange, IconCircleCheck, IconHandStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { ActionButton } from "@/components/ActionButton";
import { Chip } from "@/components/Chip";
import { FileLink } from "@/components/FileLink";
import { Outside } from "@/components/Outside";
import { SearchBox } from "@/components/SearchBox";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { VirtualList } from "@/components/VirtualList";
import { ReasonDialog } from "@/features/records/ReasonDialog";
import pills from "@/features/records/Toolbar.module.css";
import { formatAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import { AssignDialog } from "./AssignDialog";
import { PaymentFilters } from "./PaymentFilters";
import classes from "./PaymentsPage.module.css";
import { type ImportedPayment, importedFile, importedQuery, type PaymentsSearch, paymentStates, useHandled } from "./payments.api";

export function ImportedList({ search }: { search: PaymentsSearch }) {
  const payments = useInfiniteQuery(importedQuery(search));
  const navigate = useNavigate();
  const choose = (change: PaymentsSearch) => navigate({ to: "/payments", search: { ...search, ...change } as never, replace: true });
  const [assigned, setAssigned] = useState<ImportedPayment | null>(null);
  const [left, setLeft] = useState<ImportedPayment | null>(null);
  const handled = useHandled();
  const items = useMemo(() => payments.data?.pages.flatMap((page) => page.items) ?? [], [payments.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = payments;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (payments.isPending) return <Rows />;
  if (!payments.data) return <Failure error={payments.error} retry={() => payments.refetch()} />;
  const counts = (payments.data.pages[0]?.counts ?? {}) as Record<string, number>;
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (all === 0 && Object.keys(search).length === 0) return <Empty title={t.payments.none}>{t.payments.noneHint}</Empty>;
  const states = paymentStates.filter((key) => counts[key] || key === search.status);
  return (
    <>
      {payments.isError ? <Stale retry={() => payments.refetch()} /> : null}
      <div className={pills.statuses} role="group" aria-label={t.payments.filter}>
        {[undefined, ...states].map((key) => (
          <button
            key={key ?? "all"}
            type="button"
            className={pills.status}
            aria-pressed={search.status === key}
            onClick={() => choose({ status: key })}
          >
            {key ? t.payments.status[key] : t.payments.all} <b>{key ? (counts[key] ?? 0) : all}</b>
          </button>
        ))}
      </div>
      <Group gap="sm" align="end">
        <SearchBox q={search.q} change={(q) => choose({ q })} label={t.payments.search} placeholder={t.payments.searchHint} style={{ flex: "1 1 14rem", maxWidth: "20rem" }} />
        <PaymentFilters search={search} change={choose} />
        <FileLink path={importedFile(search)} name="payments.csv">
          {t.payments.file}
        </FileLink>
      </Group>
      {search.status ? (
        <Text size="sm" c="dimmed">
          {t.payments.statusMeaning[search.status]}
        </Text>
      ) : null}
      {items.length === 0 ? (
        <Empty title={t.payments.noMatch} />
      ) : (
        <VirtualList label={t.payments.list} items={items} keyOf={(payment) => payment.id} onEnd={onEnd}>
          {(payment) => <Row payment={payment} assign={() => setAssigned(payment)} leave={() => setLeft(payment)} />}
        </VirtualList>
      )}
      <Text size="sm" c="dimmed" role="status">
        {hasNextPage ? t.sync.shownMore(items.length) : t.sync.rows(String(items.length))}
      </Text>
      {left ? (
        <ReasonDialog
          title={t.payments.leaveTitle(left.number || left.id)}
          text={t.payments.leaveText}
          confirm={t.payments.leave}
          close={() => setLeft(null)}
          act={(reason) => handled.mutateAsync({ id: left.id, reason })}
        />
      ) : null}
      {assigned ? <AssignDialog payment={assigned} close={() => setAssigned(null)} /> : null}
    </>
  );
}

const chips = {
  waiting: ["attention", IconHandStop],
  changed: ["attention", IconHandStop],
  writing: ["wait", IconRefresh],
  imported: ["good", IconCircleCheck],
  elsewhere: ["quiet", IconArrowsExchange],
  gone: ["quiet", IconTrash],
} as const;

function Row({ payment, assign, leave }: { payment: ImportedPayment; assign: () => void; leave: () => void }) {
  const [tone, icon] = chips[payment.status];
  const facts = [payment.payment_mode || t.payments.noMode, payment.reference].filter(Boolean).join(" · ");
  const waits = payment.status === "waiting" || payment.status === "changed";
  const mayAssign = payment.status === "waiting" || payment.status === "elsewhere" || (payment.status === "imported" && Number(payment.zoho.unused) > 0 && payment.to_apply.length === 0);
  return (
    <div className={classes.row}>
      <div className={classes.cell}>
        <Outside href={payment.zoho_url} label={t.payments.openZoho}>
          {payment.number || payment.id}
        </Outside>
        <div className={classes.facts}>{formatDay(payment.date)}</div>
      </div>
      <div className={`${classes.cell} ${classes.wide}`}>
        {payment.contact || t.payments.noContact}
        <div className={classes.facts}>{facts}</div>
      </div>
      <div className={`${classes.cell} ${classes.wide}`}>
        <Chip plain tone={tone} icon={icon} hint={t.payments.statusMeaning[payment.status]}>
          {t.payments.status[payment.status]}
        </Chip>
        {payment.issue ? (
          <div className={classes.facts}>
            {payment.issue.detail || payment.issue.title} {payment.issue.action}
          </div>
        ) : null}
        {payment.rest && payment.shares.length > 0 ? <div className={classes.facts}>{t.payments.rest(formatAmount(payment.came, payment.currency), `${formatAmount(payment.amount, payment.currency)} ${payment.currency}`, payment.rest.detail)}</div> : null}
        {payment.to_apply.length > 0 ? <div className={classes.facts}>{t.payments.toApply}</div> : null}
        {payment.shares.length > 0 ? (
          <div className={classes.facts}>
            {t.payments.shares}{" "}
            {payment.shares.map((share, at) => (
              <span key={`${share.order_id} ${share.payment_id}`}>
                {at > 0 ? ", " : ""}
                <Anchor component={Link} to="/synchronization/orders" search={{ record: share.order_id } as never} inherit underline="always">
                  {t.payments.order(share.order_id)}
                </Anchor>
                {payment.shares.length > 1 ? ` (${formatAmount(share.amount, payment.currency)})` : ""}
              </span>
            ))}
          </div>
        ) : null}
      </div>
      <div className={`q-num ${classes.amount}`}>
        {formatAmount(payment.amount, payment.currency)} {payment.currency}
      </div>
      <div className={classes.act}>
        {mayAssign ? (
          <ActionButton needs="accountant" variant="default" size="compact-sm" aria-label={t.payments.assignOf(payment.number || payment.id)} onClick={assign}>
            {t.payments.assign}
          </ActionButton>
        ) : null}
        {waits ? (
          <ActionButton needs="accountant" variant="subtle" size="compact-sm" aria-label={t.payments.leaveOf(payment.number || payment.id)} onClick={leave}>
            {t.payments.leave}
          </ActionButton>
        ) : null}
      </div>
    </div>
  );
}
