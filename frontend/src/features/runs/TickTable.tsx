import { Table, Text } from "@mantine/core";
import type { TickResult } from "@/api/contract";
import { isOneOf, sections } from "@/lib/sections";
import { sectionName, t } from "@/lib/texts";

/** what a look for changes found and queued, by section */
export function TickTable({ result }: { result: TickResult }) {
  const names = [...new Set([...Object.keys(result.found), ...Object.keys(result.queued)])];
  const rows = names
    .map((name) => ({ name, found: result.found[name] ?? 0, queued: result.queued[name] ?? 0 }))
    .filter((row) => row.found > 0 || row.queued > 0);
  if (rows.length === 0) return <Text size="sm">{t.schedule.nothing}</Text>;
  return (
    <Table maw={420} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.schedule.section}</Table.Th>
          <Table.Th className="q-num">{t.schedule.found}</Table.Th>
          <Table.Th className="q-num">{t.schedule.queued}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.name}>
            <Table.Th scope="row" fw={400}>
              {isOneOf(sections, row.name) ? sectionName[row.name] : row.name}
            </Table.Th>
            <Table.Td className="q-num">{row.found}</Table.Td>
            <Table.Td className="q-num">{row.queued}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
