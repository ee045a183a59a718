import { Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { asProblem, type Problem } from "@/api/problem";
import { Wide } from "@/components/Wide";
import { Failure } from "@/components/states";
import { t } from "@/lib/texts";
import { nameVariables } from "@/lib/texts/settingsForm";
import { namesQuery } from "./settings.api";

/** what a name pattern that is being typed makes of real guests */
export function NamePreview({ pattern }: { pattern: string }) {
  const [settled] = useDebouncedValue(pattern.trim(), 300);
  const names = useQuery(namesQuery(settled));
  if (settled === "") return null;
  if (names.isPending) return null;
  if (names.isError) return <Wrong pattern={settled} problem={asProblem(names.error)} />;
  const { items, looked, cut, namesakes } = names.data;
  if (items.length === 0) return <Text size="sm">{t.settings.namesNone}</Text>;
  return (
    <Stack gap="xs" maw={640}>
      <Text size="sm" role="status">
        {t.settings.namesSum(looked, cut, namesakes)}
      </Text>
      <Wide label={t.settings.namesTitle}>
        <Table aria-label={t.settings.namesTitle}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.settings.namesGuest}</Table.Th>
              <Table.Th>{t.settings.namesName}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={one.customer_id}>
                <Table.Td>{one.guest}</Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {one.name}
                  {one.cut || one.namesake ? (
                    <Text size="sm" c="dimmed">
                      {[one.cut ? t.settings.namesCut : "", one.namesake ? t.settings.namesTaken(one.namesake) : ""].filter(Boolean).join(" ")}
                    </Text>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Stack>
  );
}

/** what is wrong with it, said to whoever is still typing */
function Wrong({ pattern, problem }: { pattern: string; problem: Problem }) {
  if (problem.status !== 422) return <Failure error={problem} />;
  const unknown = (pattern.match(/\{[^}]*\}/g) ?? []).filter((name) => !nameVariables.includes(name));
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="status" maw={640}>
      {unknown.length > 0 ? t.settings.namesUnknown(unknown) : problem.fields.map((one) => t.settings.namesWrong(one.message)).join(" ")}
    </Text>
  );
}
