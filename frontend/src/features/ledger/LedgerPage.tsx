import { Anchor, Button, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Dialog } from "@/components/Dialog";
import type { GuestAccount, GuestJournal, GuestLedger, GuestOrder, GuestSums } from "@/api/types";
import { Amount } from "@/components/Amount";
import { StatusChip } from "@/components/Chip";
import { Outside } from "@/components/Outside";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Empty, Failure, Note, Rows } from "@/components/states";
import { When } from "@/components/When";
import { Wide } from "@/components/Wide";
import type { Status } from "@/lib/sections";
import { formatAmount, isZero } from "@/lib/money";
import { t } from "@/lib/texts";
import { dayIn, formatDay } from "@/lib/time";
import { useZone } from "@/lib/zone";
import { guestOrderQuery, type LedgerSearch, ledgerQuery } from "./ledger.api";

/** what was billed and not earned yet: by hotel and month, down to the order */
export function LedgerPage({ search }: { search: LedgerSearch }) {
  const zone = useZone();
  const month = search.month ?? dayIn(zone, new Date()).slice(0, 7);
  const navigate = useNavigate();
  const found = useInfiniteQuery(ledgerQuery(month, search.hotel));
  const change = (next: Partial<LedgerSearch>) => navigate({ to: "/guest-ledger", search: { ...search, ...next } as never, replace: true });
  const ledger = found.data?.pages[0];
  const orders = found.data?.pages.flatMap((page) => page.orders) ?? [];
  return (
    <Page title={t.ledger.title} intro={t.ledger.intro}>
      <TextInput type="month" label={t.ledger.month} value={month} w={200} onChange={(event) => event.currentTarget.value && change({ month: event.currentTarget.value, order: undefined })} />
      {found.isPending ? <Rows count={6} /> : null}
      {found.isError ? <Failure error={found.error} retry={() => found.refetch()} /> : null}
      {ledger ? <Found ledger={ledger} hotel={search.hotel} change={change} /> : null}
      {ledger && search.hotel && ledger.from !== null ? (
        <>
          <Orders orders={orders} currency={ledger.currency} more={found.hasNextPage} busy={found.isFetchingNextPage} next={() => found.fetchNextPage()} open={(order) => change({ order })} />
          <Journals journals={ledger.journals} currency={ledger.currency} />
        </>
      ) : null}
      {search.order ? <Order id={search.order} close={() => change({ order: undefined })} /> : null}
    </Page>
  );
}

function Found({ ledger, hotel, change }: { ledger: GuestLedger; hotel: string | undefined; change: (next: Partial<LedgerSearch>) => void }) {
  if (ledger.from === null) {
    return (
      <Empty title={t.ledger.off} action={<Anchor component={Link} to={"/configuration/revenue" as never}>{t.ledger.choose}</Anchor>}>
        {t.ledger.offText}
      </Empty>
    );
  }
  return (
    <>
      {ledger.as_of === null ? <Note wide>{t.ledger.reckoning}</Note> : null}
      {ledger.enabled ? null : <Note wide>{t.ledger.notOn}</Note>}
      {ledger.opening_deferral !== null && !isZero(ledger.opening_deferral) ? <Note wide>{t.ledger.before(`${formatAmount(ledger.opening_deferral, ledger.currency)} ${ledger.currency}`, formatDay(ledger.from))}</Note> : null}
      {ledger.hotels.length === 0 ? <Empty title={t.ledger.nothing}>{t.ledger.nothingText}</Empty> : <Hotels ledger={ledger} hotel={hotel} change={change} />}
      {ledger.account ? <Account account={ledger.account} currency={ledger.currency} enabled={ledger.enabled} /> : null}
    </>
  );
}

const figures = ["opening", "billed", "earned", "closing"] as const;

function Heads({ first }: { first: string }) {
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th scope="col">{first}</Table.Th>
        {figures.map((name) => (
          <Table.Th key={name} scope="col" className="q-num">{t.ledger[name]}</Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

function Sums({ sums, currency, strong }: { sums: GuestSums; currency: string; strong?: boolean }) {
  return figures.map((name) => (
    <Table.Td key={name} className="q-num">
      <Amount value={sums[name]} currency={currency} strong={strong} />
    </Table.Td>
  ));
}

function Hotels({ ledger, hotel, change }: { ledger: GuestLedger; hotel: string | undefined; change: (next: Partial<LedgerSearch>) => void }) {
  return (
    <Panel title={t.ledger.hotels} note={t.ledger.hotelsNote} actions={hotel ? <Button variant="subtle" onClick={() => change({ hotel: undefined })}>{t.ledger.total}</Button> : null}>
      <Wide label={t.ledger.hotels}>
        <Table verticalSpacing={7}>
          <Heads first={t.ledger.hotel} />
          <Table.Tbody>
            {ledger.hotels.map((one) => (
              <Table.Tr key={one.hotel}>
                <Table.Th scope="row">
                  {hotel ? one.name : <Anchor component="button" type="button" ta="left" underline="always" onClick={() => change({ hotel: one.hotel })}>{one.name}</Anchor>}
                </Table.Th>
                <Sums sums={one} currency={ledger.currency} />
              </Table.Tr>
            ))}
            {ledger.hotels.length > 1 ? (
              <Table.Tr>
                <Table.Th scope="row">{t.ledger.total}</Table.Th>
                <Sums sums={ledger.total} currency={ledger.currency} strong />
              </Table.Tr>
            ) : null}
          </Table.Tbody>
        </Table>
      </Wide>
    </Panel>
  );
}

function Account({ account, currency, enabled }: { account: GuestAccount; currency: string; enabled: boolean }) {
  return (
    <Panel title={t.ledger.account} note={t.ledger.accountNote}>
      <Text>
        {t.ledger.journaled}: <Amount value={account.journals} currency={currency} />
      </Text>
      {account.balance === null ? (
        <Text c="dimmed">{t.ledger.notRead} <Anchor component={Link} to="/reconciliation">{t.reconciliation.title}</Anchor></Text>
      ) : (
        <Text>
          {t.ledger.balance}: <Amount value={account.balance} currency={currency} /> {account.read_at ? <When at={account.read_at} /> : null}. {enabled ? `${account.difference ?? t.ledger.agrees} ${account.action ?? ""}` : t.ledger.notOnYet}
        </Text>
      )}
    </Panel>
  );
}

function Orders(props: { orders: GuestOrder[]; currency: string; more: boolean; busy: boolean; next: () => void; open: (order: string) => void }) {
  return (
    <Panel title={t.ledger.orders} note={t.ledger.ordersNote}>
      <Wide label={t.ledger.orders}>
        <Table verticalSpacing={7}>
          <Heads first={t.ledger.order} />
          <Table.Tbody>
            {props.orders.map((one) => (
              <Table.Tr key={one.order_id}>
                <Table.Th scope="row">
                  <Anchor component="button" type="button" ta="left" underline="always" onClick={() => props.open(one.order_id)}>
                    {one.order_id} {one.name}
                  </Anchor>
                </Table.Th>
                <Sums sums={one} currency={props.currency} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      {props.more ? <Button variant="default" loading={props.busy} onClick={props.next}>{t.ledger.more}</Button> : null}
    </Panel>
  );
}

function Journals({ journals, currency }: { journals: GuestJournal[]; currency: string }) {
  return (
    <Panel title={t.ledger.journals} note={t.ledger.journalsNote}>
      <Wide label={t.ledger.journals}>
        <Table verticalSpacing={7}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.ledger.day}</Table.Th>
              <Table.Th scope="col">{t.ledger.state}</Table.Th>
              <Table.Th scope="col">{t.ledger.bears}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.ledger.amount}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {journals.map((one) => (
              <Table.Tr key={one.source_id}>
                <Table.Th scope="row">{formatDay(one.day)}</Table.Th>
                <Table.Td>
                  <StatusChip status={one.status as Status} />
                  {one.issue ? <Text size="sm">{one.issue.detail} {one.issue.action}</Text> : null}
                </Table.Td>
                <Table.Td>{one.zoho_id === null ? t.ledger.none : <Outside href={one.zoho_url} label={formatDay(one.day)}>{formatDay(one.date ?? one.day)}</Outside>}</Table.Td>
                <Table.Td className="q-num"><Amount value={one.amount} currency={currency} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Panel>
  );
}

function Order({ id, close }: { id: string; close: () => void }) {
  const found = useQuery(guestOrderQuery(id));
  return (
    <Dialog onClose={close} title={t.ledger.days(id)} size="xl" closeButtonProps={{ "aria-label": t.ledger.close }}>
      {found.isPending ? <Rows count={4} /> : null}
      {found.isError ? <Failure error={found.error} retry={() => found.refetch()} /> : null}
      {found.data ? (
        <Table verticalSpacing={5}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.ledger.day}</Table.Th>
              <Table.Th scope="col">{t.ledger.incomeAccount}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.ledger.billed}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.ledger.earned}</Table.Th>
              <Table.Th scope="col" className="q-num">{t.ledger.left}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.data.entries.map((entry) => (
              <Table.Tr key={`${entry.day} ${entry.account_id}`}>
                <Table.Th scope="row">{formatDay(entry.day)}</Table.Th>
                <Table.Td>{entry.account_id || t.ledger.unknownAccount}</Table.Td>
                <Table.Td className="q-num"><Amount value={entry.billed} currency={found.data.currency} /></Table.Td>
                <Table.Td className="q-num"><Amount value={entry.earned} currency={found.data.currency} /></Table.Td>
                <Table.Td className="q-num"><Amount value={entry.deferred} currency={found.data.currency} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </Dialog>
  );
}
