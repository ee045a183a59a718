// Files of the API: fetched with the person's credentials, then handed to the browser.

import { openStream } from "./client";
import { networkProblem, Problem } from "./problem";

/** saves what a path of the API answers under a name; throws a Problem when it is refused */
export async function download(path: string, name: string): Promise<void> {
  let response: Response;
  try {
    response = await openStream(path, new AbortController().signal, undefined, "text/csv");
  } catch {
    throw networkProblem();
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({ code: "unreadable" })));
  const address = URL.createObjectURL(await response.blob());
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // the browser reads it after this task; a minute is more than it takes
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
