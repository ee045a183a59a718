import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatAmount } from "@/lib/money";
import { formatInstant } from "@/lib/time";
import { t } from "@/lib/texts";
import { useZone } from "@/lib/zone";
import type { Burn } from "./burn";
import { Legend } from "./Legend";

const names: Record<string, string> = { left: t.overview.callsLeft, even: t.overview.even };

/** readable without color: a filled step down the day, and a broken line to its end */
export function CallsChart({ burn }: { burn: Burn }) {
  const zone = useZone();
  const clock = (at: number) => formatInstant(new Date(at).toISOString(), zone).slice(-5);
  const quarter = (burn.ends - burn.begun) / 4;
  return (
    <>
      <div role="img" aria-label={`${t.overview.callsChart}. ${t.overview.callsNote}`} style={{ height: 180 }}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={burn.points} margin={{ top: 8, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--q-line)" />
            <XAxis
              dataKey="at"
              type="number"
              domain={[burn.begun, burn.ends]}
              ticks={[0, 1, 2, 3, 4].map((n) => burn.begun + n * quarter)}
              tickFormatter={clock}
              tick={{ fontSize: 12, fill: "var(--mantine-color-dimmed)" }}
              stroke="var(--q-line-strong)"
            />
            <YAxis width={56} domain={[0, burn.limit]} tick={{ fontSize: 12, fill: "var(--mantine-color-dimmed)" }} tickFormatter={(value: number) => formatAmount(String(Math.round(value)))} stroke="var(--q-line-strong)" />
            <Tooltip
              contentStyle={{ background: "var(--q-surface)", border: "1px solid var(--q-line-strong)", borderRadius: 4 }}
              labelFormatter={(at) => formatInstant(new Date(Number(at)).toISOString(), zone)}
              formatter={(value, name) => [formatAmount(String(value)), names[String(name)] ?? String(name)]}
            />
            <Area dataKey="left" stroke="var(--mantine-color-anchor)" strokeWidth={2} fill="var(--mantine-color-anchor)" fillOpacity={0.18} dot={{ r: 2, fillOpacity: 1 }} isAnimationActive={false} />
            <Line dataKey="even" stroke="var(--mantine-color-text)" strokeWidth={1.4} strokeDasharray="6 4" dot={false} activeDot={false} isAnimationActive={false} />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <Legend names={names} />
    </>
  );
}
