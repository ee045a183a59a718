import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { GuestSelect } from "@/features/records/GuestSelect";
import { hotelsQuery } from "@/features/records/records.api";
import { t } from "@/lib/texts";
import type { StatementSearch } from "./payments.api";

/** what narrows payments and their statements alike: days, hotel and guest */
export function PaymentFilters({ search, change }: { search: StatementSearch; change: (next: StatementSearch) => void }) {
  const { data: hotels = [] } = useQuery(hotelsQuery);
  return (
    <>
      <TextInput type="date" label={t.payments.from} value={search.from ?? ""} onChange={(event) => change({ from: event.currentTarget.value || undefined })} />
      <TextInput type="date" label={t.payments.to} value={search.to ?? ""} onChange={(event) => change({ to: event.currentTarget.value || undefined })} />
      {hotels.length > 0 || search.hotel ? (
        <Select
          label={t.sync.hotel}
          placeholder={t.sync.anyHotel}
          data={hotels.some((one) => one.value === search.hotel) || !search.hotel ? hotels : [...hotels, { value: search.hotel, label: search.hotel }]}
          value={search.hotel ?? null}
          onChange={(hotel) => change({ hotel: hotel ?? undefined })}
          clearable
          searchable
          clearButtonProps={{ "aria-label": `${t.sync.hotel}: ${t.sync.anyHotel}` }}
        />
      ) : null}
      <GuestSelect value={search.customer} change={(customer) => change({ customer })} />
    </>
  );
}
