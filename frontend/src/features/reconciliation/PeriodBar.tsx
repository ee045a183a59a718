import { Button, Group, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { hotelsQuery } from "@/features/records/records.api";
import { t } from "@/lib/texts";
import { monthBefore, type Period, type ReconciliationSearch } from "./period";

type Props = {
  period: Period;
  hotel: string | undefined;
  today: string;
  change: (next: Partial<ReconciliationSearch>) => void;
};

/** which days and which hotel; all of it lives in the address */
export function PeriodBar({ period, hotel, today, change }: Props) {
  const hotels = useQuery(hotelsQuery);
  const choices = hotels.data ?? [];
  const shortcuts: [string, Period][] = [
    [t.reconciliation.lastMonth, monthBefore(today, 1)],
    [t.reconciliation.thisMonth, monthBefore(today, 0)],
  ];
  return (
    <Group gap="sm" align="flex-end">
      <DayInput label={t.reconciliation.from} day={period.from} set={(from) => change({ from, to: period.to })} />
      <DayInput
        label={t.reconciliation.to}
        day={period.to}
        set={(to) => change({ from: period.from, to })}
        error={period.to < period.from ? t.reconciliation.badOrder : undefined}
      />
      {choices.length > 1 || hotel ? (
        <Select
          label={t.reconciliation.hotel}
          placeholder={t.reconciliation.anyHotel}
          data={choices}
          value={hotel ?? null}
          onChange={(next) => change({ hotel: next ?? undefined })}
          clearable
          searchable
          clearButtonProps={{ "aria-label": `${t.reconciliation.hotel}: ${t.reconciliation.anyHotel}` }}
          w={200}
        />
      ) : null}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser */}
      <div role="group" aria-label={t.reconciliation.presets} style={{ display: "flex", gap: 6 }}>
        {shortcuts.map(([label, month]) => (
          <Button key={label} variant="subtle" px="xs" aria-pressed={month.from === period.from && month.to === period.to} onClick={() => change(month)}>
            {label}
          </Button>
        ))}
      </div>
    </Group>
  );
}

/** follows the address, but only whole days reach it */
function DayInput(props: { label: string; day: string; set: (day: string) => void; error?: string }) {
  const [text, setText] = useState(props.day);
  useEffect(() => setText(props.day), [props.day]);
  return (
    <TextInput
      type="date"
      label={props.label}
      value={text}
      error={props.error}
      onChange={(event) => {
        const value = event.currentTarget.value;
        setText(value);
        if (/^[12]\d{3}-\d{2}-\d{2}$/.test(value)) props.set(value);
      }}
      w={150}
    />
  );
}
