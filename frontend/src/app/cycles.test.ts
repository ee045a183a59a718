// Imports between files run one way: a file that is reached again from itself hides which of the two is
// the one to read first, and breaks when one of them uses the other while it is loaded.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const source = resolve("src");

const files = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });

/** what a file imports of ours, types included; what is imported when a page is opened is not loaded with it */
function imports(file: string): string[] {
  const names = [...readFileSync(file, "utf8").matchAll(/^\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|^\s*import\s+"([^"]+)"/gm)].map((m) => m[1] ?? m[2] ?? "");
  return names.flatMap((name) => {
    const at = name.startsWith("@/") ? join(source, name.slice(2)) : name.startsWith(".") ? resolve(dirname(file), name) : "";
    const found = at && [at, `${at}.ts`, `${at}.tsx`, join(at, "index.ts"), join(at, "index.tsx")].find((path) => existsSync(path) && statSync(path).isFile());
    return found ? [found] : [];
  });
}

test("no link leads to the API itself: it would go without the token of whoever signed in by one", () => {
  const links = files(source).filter((file) => file.endsWith(".tsx") && /<(?:a|Anchor)\b[^>]*\s(?:download[\s>]|href=\{[^}]*(?:File\(|\/api\/))/s.test(readFileSync(file, "utf8")));
  expect(links.map((file) => relative(source, file))).toEqual([]);
});

test("no message hangs on a callback of mutate, which is lost with the page or dialog that sent", () => {
  const lost = files(source).filter((file) => /\.mutate\((?:[^()]|\([^()]*\))*\bon(?:Success|Error|Settled)\b/s.test(readFileSync(file, "utf8")));
  expect(lost.map((file) => relative(source, file))).toEqual([]);
});

/** the first loop of a graph, as the files that it goes through */
export function loop(graph: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

test("no file is reached again from itself by imports", () => {
  const graph = new Map(files(source).map((file) => [file, imports(file)]));
  const ties = [...graph.values()].reduce((sum, list) => sum + list.length, 0);
  expect(ties).toBeGreaterThan(500); // the imports were found
  expect(loop(graph).map((file) => relative(source, file))).toEqual([]);
});

test("a loop is found, through however many files", () => {
  expect(loop(new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", []], ["d", ["b"]]]))).toEqual(["b", "d", "b"]);
});
