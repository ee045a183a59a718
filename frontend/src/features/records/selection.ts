// What is ticked in a list: single rows, or everything that the filter matches.

export type Selection = ReadonlySet<string> | "all";

/** the ticked ids; undefined when no single rows are ticked and the filter itself decides */
export function selectedIds(selection: Selection): string[] | undefined {
  return selection === "all" || selection.size === 0 ? undefined : [...selection];
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection === "all" || selection.has(id);
}

/** ticks or unticks one row; out of "everything" the rows loaded so far stay ticked */
export function toggled(selection: Selection, id: string, loaded: readonly { source_id: string }[]): Set<string> {
  const next = new Set(selection === "all" ? loaded.map((item) => item.source_id) : selection);
  if (!next.delete(id)) next.add(id);
  return next;
}
