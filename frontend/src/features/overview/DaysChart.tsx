import { Bar, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { OverviewDay } from "@/api/types";
import { formatAmount } from "@/lib/money";
import { formatDay } from "@/lib/time";
import { t } from "@/lib/texts";
import { Legend } from "./Legend";

type Point = { day: string; invoices: number; credits: number; payments: number; source: number; texts: Record<string, string> };

/** heights of bars: the only place where an amount becomes a binary number, and it is never shown as one */
function points(days: readonly OverviewDay[], today: string): Point[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const end = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: 30 }, (_, at) => {
    const day = new Date(end - (29 - at) * 86_400_000).toISOString().slice(0, 10);
    const found = byDay.get(day);
    return {
      day,
      invoices: Number(found?.invoices ?? 0),
      credits: -Number(found?.credit_notes ?? 0),
      payments: Number(found?.payments ?? 0),
      source: Number(found?.source ?? 0),
      texts: { invoices: found?.invoices ?? "0.00", credits: found?.credit_notes ?? "0.00", payments: found?.payments ?? "0.00", source: found?.source ?? "0.00" },
    };
  });
}

const names: Record<string, string> = { source: t.overview.source, invoices: t.overview.invoices, credits: t.overview.creditNotes, payments: t.overview.payments };

/** readable without color: an outline, a filled bar inside it, a hatched bar below, a dotted line */
export function DaysChart({ days, today, currency }: { days: readonly OverviewDay[]; today: string; currency: string }) {
  const data = points(days, today);
  return (
    <>
    <div role="img" aria-label={`${t.overview.days}. ${t.overview.daysNote}`} style={{ height: 240 }}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={data} margin={{ top: 8, right: 8, bottom: 0, left: 8 }} accessibilityLayer={false}>
          <defs>
            <pattern id="credit-notes" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" fill="var(--q-surface)" />
              <rect width="2" height="5" fill="var(--mantine-color-error)" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--q-line)" />
          <XAxis dataKey="day" tickFormatter={(day: string) => formatDay(day).slice(0, 6)} tick={{ fontSize: 12, fill: "var(--mantine-color-dimmed)" }} interval="preserveStartEnd" minTickGap={40} stroke="var(--q-line-strong)" />
          <YAxis width={64} tick={{ fontSize: 12, fill: "var(--mantine-color-dimmed)" }} tickFormatter={(value: number) => formatAmount(String(Math.round(value)))} stroke="var(--q-line-strong)" />
          <ReferenceLine y={0} stroke="var(--q-line-strong)" />
          <Tooltip
            cursor={{ fill: "var(--q-hover)" }}
            contentStyle={{ background: "var(--q-surface)", border: "1px solid var(--q-line-strong)", borderRadius: 4 }}
            labelFormatter={(day) => formatDay(String(day))}
            formatter={(_value, name, item) => [`${formatAmount((item.payload as Point).texts[String(item.dataKey)] ?? "", currency)} ${currency}`, names[String(item.dataKey)] ?? String(name)]}
          />
          {/* an axis each, so that the bars of a day stand in front of each other and not side by side */}
          <XAxis xAxisId="source" dataKey="day" hide />
          <XAxis xAxisId="credits" dataKey="day" hide />
          <Bar xAxisId="source" dataKey="source" fill="transparent" stroke="var(--mantine-color-text)" strokeWidth={1.2} barSize={12} isAnimationActive={false} />
          <Bar dataKey="invoices" fill="var(--mantine-color-anchor)" barSize={8} isAnimationActive={false} />
          <Bar xAxisId="credits" dataKey="credits" fill="url(#credit-notes)" stroke="var(--mantine-color-error)" barSize={8} isAnimationActive={false} />
          <Line dataKey="payments" stroke="var(--mantine-color-dimmed)" strokeWidth={1.6} strokeDasharray="2 3" dot={{ r: 1.8 }} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
    <Legend names={names} />
    </>
  );
}
