// What a setting is, and a section of settings.

import type { MappingKind } from "../sections";

export type Field =
  | { name: string; kind: "switch"; label: string; effect: string }
  | { name: string; kind: "text"; label: string; effect: string; nullable?: boolean; placeholder?: string }
  | { name: string; kind: "number"; label: string; effect: string; nullable?: boolean; min?: number; max?: number; unit?: string }
  | { name: string; kind: "amount"; label: string; effect: string; nullable?: boolean }
  | { name: string; kind: "date"; label: string; effect: string }
  | { name: string; kind: "time"; label: string; effect: string }
  | { name: string; kind: "tags"; label: string; effect: string; placeholder?: string; suggestions?: string[] }
  | { name: string; kind: "several"; label: string; effect: string; choices: { value: string; label: string; effect: string }[] }
  | { name: string; kind: "hotels"; label: string; effect: string }
  | { name: string; kind: "secret"; label: string; effect: string }
  | { name: string; kind: "roles"; label: string; effect: string }
  | { name: string; kind: "mapped"; label: string; effect: string; mapping: MappingKind; placeholder?: string }
  | { name: string; kind: "methods"; label: string; effect: string; placeholder?: string }
  | { name: string; kind: "choice"; label: string; effect: string; choices: { value: string; label: string }[] };

export type SettingsSection = {
  key: string;
  title: string;
  intro: string;
  groups: { title: string; note?: string; fields: Field[] }[];
};
