import { expect, test } from "vitest";
import tour from "../../e2e/pages.json";
import { mappingKinds, sections } from "@/lib/sections";
import { settingsSections } from "@/lib/texts";
import { makeRouter } from "./router";

/** what a part of an address may be, by the address it stands in */
const values: Record<string, readonly string[]> = {
  "/synchronization/$section": sections,
  "/configuration/$section": settingsSections.map((section) => section.key),
  "/mapping/$kind": mappingKinds,
  "/runs/$id": ["{run}"],
};

/** addresses that only lead to another one */
const passages = ["/synchronization", "/mapping"];

test("the browser's tour, which axe looks at, leads past every page of the router", () => {
  const addresses = Object.keys(makeRouter().routesByPath)
    .map((path) => (path === "/" ? path : path.replace(/\/$/, "")))
    .filter((path) => !passages.includes(path))
    .flatMap((path) => {
      const part = /\$\w+/.exec(path)?.[0];
      if (!part) return [path];
      expect(values, "what stands in this address is not known here").toHaveProperty([path]);
      return (values[path] ?? []).map((value) => path.replace(part, value));
    });
  const seen = new Set(tour.map(([, path]) => path?.split("?")[0]));
  expect(addresses.length).toBeGreaterThan(30);
  expect(addresses.filter((path) => !seen.has(path))).toEqual([]);
});
