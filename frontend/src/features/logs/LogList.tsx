import { Text } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { type ComponentProps, type ReactNode, useCallback, useMemo } from "react";
import { Failure, Rows, Stale } from "@/components/states";
import { t } from "@/lib/texts";
import { VirtualLog } from "./VirtualLog";

type Pages<T> = InfiniteData<{ items: T[] }>;

type Props<T extends { id: string }> = Omit<ComponentProps<typeof VirtualLog<T>>, "items" | "onEnd"> & {
  log: UseInfiniteQueryResult<Pages<T>>;
  items: T[];
  /** said when there is nothing */
  empty: ReactNode;
};

/** the lines of a log that have come so far */
export function useItems<T>(log: UseInfiniteQueryResult<Pages<T>>): T[] {
  return useMemo(() => log.data?.pages.flatMap((page) => page.items) ?? [], [log.data]);
}

/** a log in each of its states: on its way, failed, empty, and as far as it was scrolled */
export function LogList<T extends { id: string }>({ log, items, empty, ...list }: Props<T>) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = log;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <>
      {log.isPending ? <Rows count={12} /> : null}
      {log.isError && !log.data ? <Failure error={log.error} retry={() => log.refetch()} /> : null}
      {log.isError && log.data ? <Stale retry={() => log.refetch()} /> : null}
      {log.data && items.length === 0 ? empty : null}
      {items.length > 0 ? (
        <>
          <VirtualLog {...list} items={items} onEnd={onEnd} />
          <Text size="sm" c="dimmed" role="status">
            {t.logs.loaded(items.length, hasNextPage)}
          </Text>
        </>
      ) : null}
    </>
  );
}
