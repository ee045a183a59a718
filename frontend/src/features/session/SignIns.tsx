import { Button, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Panel } from "@/components/Panel";
import { Failure, Rows } from "@/components/states";
import { When } from "@/components/When";
import { Wide } from "@/components/Wide";
import { useLack, useMay } from "@/lib/role";
import { t } from "@/lib/texts";
import { signInsQuery } from "./signIns.api";

/** who tried to sign in: everybody for an admin, oneself for all others */
export function SignInsPanel() {
  const all = useMay("admin");
  const lack = useLack("admin");
  const list = useInfiniteQuery(signInsQuery);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t.signIns.title} note={all ? t.signIns.everybody : lack && t.signIns.own}>
      {list.isPending ? <Rows count={3} /> : !list.data ? <Failure error={list.error} retry={() => list.refetch()} /> : null}
      {list.data && items.length === 0 ? <Text c="dimmed">{all ? t.signIns.none : t.signIns.noneOwn}</Text> : null}
      {items.length > 0 ? (
        <Wide label={t.signIns.title}>
          <Table aria-label={t.signIns.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.signIns.at}</Table.Th>
                <Table.Th>{t.signIns.account}</Table.Th>
                <Table.Th>{t.signIns.from}</Table.Th>
                <Table.Th>{t.signIns.outcome}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Table.Tr key={item.id}>
                  <Table.Td>
                    <When at={item.at} />
                  </Table.Td>
                  <Table.Td>
                    <bdi>{item.account}</bdi>
                  </Table.Td>
                  <Table.Td title={item.browser || undefined}>{item.from}</Table.Td>
                  <Table.Td>{t.signIns.outcomes[item.outcome]}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      ) : null}
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t.signIns.more}
        </Button>
      ) : null}
    </Panel>
  );
}
