import { Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { api, ask } from "@/api/client";
import { notifyDone, told } from "@/components/notify";
import { useImport } from "@/features/payments/payments.api";
import { useRunNow } from "@/features/schedule/schedule.api";
import { useMay } from "@/lib/role";
import { sections } from "@/lib/sections";
import { sectionName, settingsSections, t } from "@/lib/texts";
import classes from "./Palette.module.css";

type Entry = { key: string; group: string; label: string; hint?: string; act: () => void };

/** pages, orders and actions by name, found while one types */
export function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [asked] = useDebouncedValue(text.trim(), 200);
  const navigate = useNavigate();
  const run = useRunNow();
  const bring = useImport();
  const mayRun = useMay("accountant");
  const id = useId();
  const orders = useQuery({
    queryKey: ["palette", asked],
    enabled: asked.length > 1,
    queryFn: ({ signal }) => ask(api.GET("/api/v1/records/{section}", { params: { path: { section: "orders" }, query: { q: asked, limit: 6 } }, signal })),
  });
  const go = (to: string, search?: object) => () => {
    close();
    navigate({ to, search: search as never });
  };
  const pages: Entry[] = [
    [t.overview.title, "/"],
    [t.start.title, "/start"],
    [t.nav.issues, "/issues"],
    ...sections.map((section) => [`${t.nav.sync}: ${sectionName[section]}`, `/synchronization/${section}`]),
    [t.nav.mapping, "/mapping"],
    [t.pairing.title, "/pairing"],
    [t.payments.title, "/payments"],
    [`${t.payments.title}: ${t.payments.statements}`, "/payments/statements"],
    [t.nav.reconciliation, "/reconciliation"],
    [t.ledger.title, "/guest-ledger"],
    [t.nav.runs, "/runs"],
    [t.nav.logs, "/logs"],
    [`${t.nav.logs}: ${t.logs.audit}`, "/logs/audit"],
    [t.tools.title, "/tools"],
    [t.tokens.title, "/tokens"],
    [`${t.nav.configuration}: ${t.settings.api}`, "/configuration"],
    [`${t.nav.configuration}: ${t.automatic.title}`, "/configuration/automatic"],
    ...settingsSections.map((section) => [`${t.nav.configuration}: ${section.title}`, `/configuration/${section.key}`]),
  ].map(([label = "", to = "/"]) => ({ key: to, group: t.keys.pages, label, act: go(to) }));
  const actions: Entry[] = mayRun
    ? [
        {
          key: "run",
          group: t.keys.actions,
          label: t.keys.runNow,
          act: () => {
            close();
            told(run.mutateAsync("tick"), () => notifyDone(t.schedule.started));
          },
        },
        {
          key: "import",
          group: t.keys.actions,
          label: t.payments.importNew,
          act: () => {
            close();
            told(bring.mutateAsync("new"), () => notifyDone(t.payments.started));
          },
        },
      ]
    : [];
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (entry: Entry) => words.every((word) => entry.label.toLowerCase().includes(word));
  const found: Entry[] = [
    ...(orders.data?.items ?? []).map((item) => ({
      key: `order ${item.source_id}`,
      group: t.keys.orders,
      label: item.name,
      hint: String((item.fields?.guest as { text?: string } | undefined)?.text ?? ""),
      act: go("/synchronization/orders", { record: item.source_id }),
    })),
    ...[...actions, ...pages].filter(fits),
  ].slice(0, 12);
  const current = Math.min(at, Math.max(0, found.length - 1));
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((current + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      found[current]?.act();
    }
  };
  return (
    <Dialog onClose={close} title={t.keys.open} size="lg" yOffset="10vh" centered={false} returnFocus>
      <TextInput
        aria-label={t.keys.open}
        placeholder={t.keys.placeholder}
        leftSection={<IconSearch size={17} aria-hidden />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
        data-autofocus
      />
      {/* the options are reached by the arrows from the input, as a combobox does */}
      <ul id={id} role="listbox" aria-label={t.keys.open} className={classes.list}>
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above takes the keys
          <li key={entry.key} id={`${id}-${index}`} role="option" aria-selected={index === current} onClick={entry.act} onMouseMove={() => setAt(index)} className={classes.option}>
            <span>
              {entry.label} {entry.hint ? <small>{entry.hint}</small> : null}
            </span>
            <small>{entry.group}</small>
          </li>
        ))}
      </ul>
      {found.length === 0 ? (
        <Text size="sm" c="dimmed" role="status">
          {t.keys.none}
        </Text>
      ) : null}
    </Dialog>
  );
}
