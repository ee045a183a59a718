import { Anchor, Button, Group, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileLink } from "@/components/FileLink";
import { Empty, Failure, Rows, Stale } from "@/components/states";
import { formatAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import { formatDay, formatMonth } from "@/lib/time";
import { PaymentFilters } from "./PaymentFilters";
import classes from "./PaymentsPage.module.css";
import { type StatementSearch, type Statements, statementsFile, statementsQuery } from "./payments.api";

/** what was imported, added up by day or month, payment mode and currency */
export function StatementTable({ search }: { search: StatementSearch }) {
  const statements = useInfiniteQuery(statementsQuery(search));
  const navigate = useNavigate();
  const choose = (change: StatementSearch) => navigate({ to: "/payments/statements", search: { ...search, ...change } as never, replace: true });
  if (statements.isPending) return <Rows />;
  if (!statements.data) return <Failure error={statements.error} retry={() => statements.refetch()} />;
  const [{ grouping, totals }] = statements.data.pages as [Statements, ...Statements[]];
  const items = statements.data.pages.flatMap((page) => page.items);
  return (
    <>
      {statements.isError ? <Stale retry={() => statements.refetch()} /> : null}
      <Group gap="xs">
        <Text size="sm">{t.payments.grouping[grouping]}.</Text>
        <Anchor component={Link} to="/configuration/payments" size="sm" underline="always">
          {t.payments.changeGrouping}
        </Anchor>
        <FileLink path={statementsFile(search)} name="statements.csv">
          {t.payments.file}
        </FileLink>
      </Group>
      <Group gap="sm" align="end">
        <PaymentFilters search={search} change={choose} />
      </Group>
      {items.length === 0 ? (
        Object.keys(search).length > 0 ? <Empty title={t.payments.noMatch} /> : <Empty title={t.payments.statementsNone}>{t.payments.statementsNoneHint}</Empty>
      ) : (
        <div className="q-panel">
          <Table className={classes.statement} verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.payments.period[grouping]}</Table.Th>
                <Table.Th>{t.payments.mode}</Table.Th>
                <Table.Th className="q-num">{t.payments.count}</Table.Th>
                <Table.Th className="q-num">{t.payments.amount}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((line) => (
                <Table.Tr key={`${line.period} ${line.currency} ${line.payment_mode}`}>
                  <Table.Td>{grouping === "monthly" ? formatMonth(line.period) : formatDay(line.period)}</Table.Td>
                  <Table.Td>{line.payment_mode || t.payments.noMode}</Table.Td>
                  <Table.Td className="q-num">
                    <Anchor component={Link} to={line.link} underline="always">
                      {line.count}
                    </Anchor>
                  </Table.Td>
                  <Table.Td className="q-num">
                    {formatAmount(line.amount, line.currency)} {line.currency}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
            <Table.Tfoot>
              {totals.map((total) => (
                <Table.Tr key={total.currency}>
                  <Table.Th colSpan={2}>{t.payments.totalAll}</Table.Th>
                  <Table.Th className="q-num">{total.count}</Table.Th>
                  <Table.Th className="q-num">
                    {formatAmount(total.amount, total.currency)} {total.currency}
                  </Table.Th>
                </Table.Tr>
              ))}
            </Table.Tfoot>
          </Table>
          {statements.hasNextPage ? (
            <Group p="md" gap="sm">
              <Text size="sm">{t.payments.linesShown(items.length)}</Text>
              <Button variant="default" loading={statements.isFetchingNextPage} onClick={() => statements.fetchNextPage()}>
                {t.payments.linesMore}
              </Button>
            </Group>
          ) : null}
        </div>
      )}
    </>
  );
}
