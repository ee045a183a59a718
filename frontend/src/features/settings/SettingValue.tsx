import { useQuery } from "@tanstack/react-query";
import { mappingQuery } from "@/features/mapping/mapping.api";
import { hotelsQuery } from "@/features/records/records.api";
import type { MappingKind } from "@/lib/sections";
import { type Field, t } from "@/lib/texts";

/** a value of a setting, as JSON wrote it, in the words of its form; what an id stands for is named beside it */
export function SettingValue({ field, value }: { field: Field | undefined; value: string }) {
  const meant = read(value);
  if (field?.kind === "mapped" && typeof meant === "string" && meant !== "") return <Chosen mapping={field.mapping} id={meant} />;
  if (field?.kind === "hotels" && Array.isArray(meant) && meant.length > 0) return <Hotels ids={meant.map(String)} />;
  return worded(meant, field);
}

function Chosen({ mapping, id }: { mapping: MappingKind; id: string }) {
  const { data } = useQuery(mappingQuery(mapping));
  return named(data?.choices.find((choice) => choice.zoho_id === id)?.zoho_name, id);
}

function Hotels({ ids }: { ids: string[] }) {
  const { data = [] } = useQuery(hotelsQuery);
  return ids.map((id) => named(data.find((hotel) => hotel.value === id)?.label, id)).join(", ");
}

const named = (name: string | undefined, id: string) => (name ? `${name} (${id})` : id);

function read(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value; // a sentence
  }
}

function worded(value: unknown, field: Field | undefined): string {
  if (value === "" || value === null) return t.logs.nothing;
  if (value === true) return t.logs.on;
  if (value === false) return t.logs.off;
  if (Array.isArray(value)) return value.map((one) => worded(one, field)).join(", ") || t.logs.nothing;
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key}: ${t.session.role[String(one)] ?? String(one)}`).join(", ") || t.logs.nothing;
  const choices = field && "choices" in field ? field.choices : [];
  return choices.find((choice) => choice.value === value)?.label ?? String(value);
}
