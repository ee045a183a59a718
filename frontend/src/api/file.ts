// Files go to and from the API as text; everything else about a call is as in client.ts.

import { openStream } from "./client";
import { networkProblem, Problem } from "./problem";

type Answer = { data?: unknown; error?: unknown; response: Response };

/** the text of a file, or a Problem. `parseAs: "text"` must have been asked for */
export async function askText(request: Promise<Answer>): Promise<string> {
  const { data, error, response } = await reach(request);
  if (!response.ok) throw problemOf(response, error);
  return typeof data === "string" ? data : "";
}

/** the answer to a file that was sent: JSON when it was taken, or the file of its wrong lines */
export async function askFile<T>(request: Promise<Answer>): Promise<{ done: T } | { wrong: string }> {
  const { data, error, response } = await reach(request);
  if (response.ok) return { done: data as T };
  if ((response.headers.get("Content-Type") ?? "").includes("text/csv")) return { wrong: String(error ?? "") };
  throw problemOf(response, error);
}

async function reach(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch {
    throw networkProblem();
  }
}

function problemOf(response: Response, error: unknown): Problem {
  return new Problem(response.status, typeof error === "object" && error !== null ? (error as object) : {});
}

/** saves what a path of the API answers, byte by byte, under a name; throws a Problem when it is refused */
export async function download(path: string, name: string): Promise<void> {
  let response: Response;
  try {
    response = await openStream(path, new AbortController().signal, undefined, "text/csv");
  } catch {
    throw networkProblem();
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({ code: "unreadable" })));
  saveFile(name, await response.blob());
}

/** hands a file to the browser, as if it had been downloaded */
export function saveFile(name: string, content: string | Blob) {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type: "text/csv;charset=utf-8" }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after this task; a minute is more than it takes
}

/** the cells of a CSV text, line by line (RFC 4180) */
export function readCSV(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    row.push(quoted !== undefined ? quoted.replaceAll('""', '"') : (plain ?? ""));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
