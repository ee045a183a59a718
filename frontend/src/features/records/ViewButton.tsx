import { ActionIcon, Anchor, Button, Group, Popover, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconAdjustments, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Section } from "@/lib/sections";
import { t } from "@/lib/texts";
import type { RecordSearch } from "./filters";
import { type Density, useViews } from "./views";

type Props = { section: Section; search: RecordSearch; density: Density; setDensity: (next: Density) => void };

/** how the list looks: the height of its rows, and filters with columns saved under a name */
export function ViewButton({ section, search, density, setDensity }: Props) {
  const { views, save, forget } = useViews(section);
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    save(name.trim(), search);
    setName("");
  };
  return (
    <Popover position="bottom-end" trapFocus returnFocus withinPortal shadow="md" width={300}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconAdjustments size={17} aria-hidden />}>
          {t.sync.view}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.sync.view}>
        <Stack gap="sm">
          <div>
            <Text size="sm" fw={550} mb={4}>
              {t.sync.density}
            </Text>
            <SegmentedControl fullWidth size="xs" aria-label={t.sync.density} data={Object.entries(t.sync.densities).map(([value, label]) => ({ value, label }))} value={density} onChange={(next) => setDensity(next as Density)} />
          </div>
          <div>
            <Text size="sm" fw={550}>
              {t.sync.views}
            </Text>
            {views.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t.sync.viewsNone}
              </Text>
            ) : (
              <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
                {views.map((view) => (
                  <li key={view.name}>
                    <Group justify="space-between" wrap="nowrap" gap="xs">
                      <Anchor component={Link} to={`/synchronization/${section}`} search={view.search as never} size="sm" style={{ overflowWrap: "anywhere" }}>
                        {view.name}
                      </Anchor>
                      <ActionIcon variant="subtle" color="gray" aria-label={t.sync.viewForget(view.name)} onClick={() => forget(view.name)}>
                        <IconX size={15} />
                      </ActionIcon>
                    </Group>
                  </li>
                ))}
              </ul>
            )}
          </div>
          <form onSubmit={submit}>
            <Group gap="xs" wrap="nowrap" align="flex-end">
              <TextInput size="xs" label={t.sync.viewName} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={60} style={{ flex: 1 }} />
              <Button size="xs" type="submit" variant="default" disabled={!name.trim()}>
                {t.save}
              </Button>
            </Group>
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
