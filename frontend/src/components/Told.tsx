import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { isOneOf, mappingKinds, sections } from "@/lib/sections";
import { mappingName, sectionName } from "@/lib/texts";

/** what the API wrote down that somebody did: the run that it names leads there, lists are called as in the menu */
export function Told({ detail }: { detail: string }) {
  const [, run, rest = ""] = /^Run (\d+)(.*)$/s.exec(detail) ?? [];
  if (!run) return detail.replace(/(?<= mapping of )([a-z-]+)(?=\.$)/, (kind) => (isOneOf(mappingKinds, kind) ? mappingName[kind] : kind));
  return (
    <>
      <Anchor component={Link} to={`/runs/${run}`} inherit underline="always">
        Run {run}
      </Anchor>
      {rest.replace(/(?<=^, )([a-z-]+)$/, (section) => (isOneOf(sections, section) ? sectionName[section] : section))}
    </>
  );
}
