import { Kbd, Modal, Table } from "@mantine/core";
import { useEffect, useState } from "react";
import { t } from "@/lib/texts";
import { Palette } from "./Palette";

/** whether a key press is meant as text, or belongs to something that is open */
function taken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}

/** the shortcuts that hold on every page: the palette, the search, the list of keys */
export function Keys() {
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
      if (event.key === "?") {
        event.preventDefault();
        setOpen("help");
      }
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>('main input[type="search"]');
        if (!search) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const close = () => setOpen(null);
  return (
    <>
      {open === "palette" ? <Palette close={close} /> : null}
      <Modal opened={open === "help"} onClose={close} title={t.keys.title}>
        <Table>
          <Table.Tbody>
            {t.keys.list.map(([key, what]) => (
              <Table.Tr key={key}>
                <Table.Th scope="row" w={120}>
                  {key.split(/\s+/).map((part) => (
                    <Kbd key={part} mr={4}>
                      {part}
                    </Kbd>
                  ))}
                </Table.Th>
                <Table.Td>{what}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}

/** j, k, Enter, r and x on the rows of a list; a row is what has data-row */
export function useRowKeys(act: { sync: (id: string) => void; select: (id: string) => void }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
      const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
      if (rows.length === 0) return;
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      if (event.key === "j" || event.key === "k") {
        const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
        next?.querySelector<HTMLElement>("[data-record]")?.focus();
        next?.scrollIntoView({ block: "nearest" });
        event.preventDefault();
        return;
      }
      const id = rows[at]?.dataset.row;
      if (id === undefined) return;
      if (event.key === "r") act.sync(id);
      if (event.key === "x") act.select(id);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [act]);
}
