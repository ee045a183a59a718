// What the addresses of both logs say, and the moments that a day of the hotel stands for.

export type CallsSearch = {
  q?: string;
  status?: "ok" | "failed";
  flow?: string;
  ref?: string;
  run?: string;
  from?: string;
  to?: string;
  call?: string;
};

export type AuditSearch = { q?: string; by?: string; action?: string; flow?: string; from?: string; to?: string };

const shapes: Record<string, RegExp> = {
  q: /\S/,
  status: /^(ok|failed)$/,
  flow: /^[a-z_]+$/,
  ref: /^[a-z_]+:\S+$/,
  run: /^\d+$/,
  from: /^\d{4}-\d{2}-\d{2}$/,
  to: /^\d{4}-\d{2}-\d{2}$/,
  call: /^\d+$/,
  by: /\S/,
  action: /^[a-z_]+$/,
};

/** keeps what is understood and drops the rest, so that an old or mistyped address still opens */
function read(raw: Record<string, unknown>, names: string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = raw[name];
    if (typeof value === "string" && shapes[name]?.test(value)) kept[name] = value;
  }
  return kept;
}

export function readCalls(raw: Record<string, unknown>): CallsSearch {
  return read(raw, ["q", "status", "flow", "ref", "run", "from", "to", "call"]) as CallsSearch;
}

export function readAudit(raw: Record<string, unknown>): AuditSearch {
  return read(raw, ["q", "by", "action", "flow", "from", "to"]) as AuditSearch;
}

/** the moment at which a day begins in a zone, as UTC; in the browser's own when none is given */
export function beginningOf(day: string, zone: string | undefined): string {
  const guess = Date.parse(`${day}T00:00:00Z`);
  // twice, because the zone's offset at the guess may differ from the one at the beginning
  let at = guess - offset(guess, zone);
  at = guess - offset(at, zone);
  return new Date(at).toISOString();
}

export function endOf(day: string, zone: string | undefined): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return beginningOf(next, zone);
}

/** how far a zone is ahead of UTC at a moment, in milliseconds */
function offset(at: number, zone: string | undefined): number {
  let format: Intl.DateTimeFormat;
  const options = { hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
  try {
    format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat("en-US", options); // a zone that this browser does not know
  }
  const part = Object.fromEntries(format.formatToParts(at).map((one) => [one.type, Number(one.value)])) as Record<string, number>;
  const there = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return there - Math.floor(at / 1000) * 1000;
}

/** how many filters besides the search are set */
export function filterCount(search: Record<string, unknown>): number {
  return Object.entries(search).filter(([name, value]) => value && name !== "q" && name !== "call").length;
}

