// Which switches there are, what the ways of working mean, and how they read as a sentence.

import type { Values } from "@/features/settings/settings.api";
import { sectionName, t } from "@/lib/texts";
import type { Section } from "@/lib/sections";

export type Switches = Record<string, Values>;

/** the kinds with three switches of their own, by their name in the settings */
export const masters: [string, Section][] = [
  ["hotels", "hotels"],
  ["room_types", "room-types"],
  ["service_products", "service-products"],
  ["customers", "customers"],
  ["currencies", "currencies"],
];
export const masterSwitches = ["auto_sync_new", "auto_update", "auto_delete"] as const;
export const orderSwitches = ["auto_sync_new_orders", "auto_update_orders", "auto_sync_new_invoices", "auto_sync_new_payments", "auto_sync_credit_notes"] as const;

export type Preset = "by_hand" | "new_only" | "in_step";
export const presets: Preset[] = ["by_hand", "new_only", "in_step"];

/** every switch as a way of working sets it; new orders are sent only while sales orders are made at all */
export function switchesOf(preset: Preset, salesOrders: boolean): Record<string, Record<string, boolean>> {
  const isNew = (name: string) => name !== "auto_update" && name !== "auto_delete" && name !== "auto_update_orders";
  const on = (name: string) => preset === "in_step" || (preset === "new_only" && isNew(name));
  const all: Record<string, Record<string, boolean>> = { schedule: { enabled: preset !== "by_hand" } };
  for (const [section] of masters) all[section] = Object.fromEntries(masterSwitches.map((name) => [name, on(name)]));
  all.orders = Object.fromEntries(orderSwitches.map((name) => [name, on(name) && (salesOrders || !name.endsWith("_new_orders"))]));
  return all;
}

/** the way of working that the switches are, if they are one */
export function presetOf(all: Switches): Preset | "own" {
  const salesOrders = all.orders?.create_sales_orders !== false;
  const is = (preset: Preset) => {
    const wanted = switchesOf(preset, salesOrders);
    if (preset === "by_hand") return all.schedule?.enabled !== true;
    return Object.entries(wanted).every(([section, values]) => Object.entries(values).every(([name, on]) => Boolean(all[section]?.[name]) === on));
  };
  return presets.find(is) ?? "own";
}

const words = t.automatic;

/** "Every 5 minutes: new and changed guests, new invoices and payments; nothing else." */
export function sentenceOf(all: Switches): string {
  const parts: string[] = [];
  const joined = (names: string[]) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${words.and} ${names.at(-1)}`);
  const add = (how: (what: string) => string, names: string[]) => names.length > 0 && parts.push(how(joined(names)));
  const having = (name: string) => masters.filter(([section]) => all[section]?.[name]).map(([, section]) => sectionName[section].toLowerCase());
  const orders = (name: string) => Boolean(all.orders?.[name]);
  const fresh = having("auto_sync_new");
  if (orders("auto_sync_new_orders")) fresh.push("sales orders");
  if (orders("auto_sync_new_invoices")) fresh.push("invoices");
  if (orders("auto_sync_new_payments")) fresh.push("payments");
  if (orders("auto_sync_credit_notes")) fresh.push("refunds");
  const changed = having("auto_update");
  if (orders("auto_update_orders")) changed.push("orders");
  add(words.new, fresh);
  add(words.changed, changed);
  add(words.deleted, having("auto_delete"));
  const enabled = all.schedule?.enabled === true;
  if (parts.length === 0) return enabled ? words.nothingChosen : words.nothing;
  if (!enabled) return words.off(parts.join("; "));
  return words.sentence(words.every(Number(all.schedule?.interval_minutes ?? 5)), parts.join("; "));
}
