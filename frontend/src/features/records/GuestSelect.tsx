import { Loader, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "@/lib/texts";
import { guestsQuery, recordQuery } from "./records.api";

type Props = { value: string | undefined; change: (id: string | undefined) => void } & Pick<SelectProps, "comboboxProps">;

/** chooses a guest by a part of the name or e-mail; several of one name are told apart by their IDs */
export function GuestSelect({ value, change, comboboxProps }: Props) {
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const chosen = useQuery({ ...recordQuery("customers", value ?? ""), enabled: value !== undefined, retry: false });
  const one = value === undefined ? [] : [{ value, label: t.sync.guest(chosen.data?.name ?? "", value) }];
  const typed = q !== one[0]?.label;
  const { data: found = [], isFetching } = useQuery(guestsQuery(typed ? q : ""));
  const data = [...one, ...found.filter((guest) => guest.value !== value)];
  return (
    <Select
      label={t.sync.customer}
      placeholder={t.sync.anyCustomer}
      data={data}
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(id) => change(id ?? undefined)}
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage={q && typed && !isFetching ? t.sync.noCustomer : undefined}
      rightSection={isFetching ? <Loader size="xs" /> : undefined}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `${t.sync.customer}: ${t.sync.anyCustomer}` }}
      comboboxProps={comboboxProps}
    />
  );
}
