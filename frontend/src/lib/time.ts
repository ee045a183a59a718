// Instants are UTC in the API and shown in the hotel's zone; calendar days are never shifted.

const formats = new Map<string, Intl.DateTimeFormat>();

/** an instant's day and minute in the zone, as numbers */
function partsIn(zone: string | undefined, instant: Date): Record<string, string> {
  const key = zone ?? "";
  let found = formats.get(key);
  if (!found) {
    const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    try {
      found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    } catch {
      found = new Intl.DateTimeFormat("en-GB", options); // a zone this browser does not know
    }
    formats.set(key, found);
  }
  return Object.fromEntries(found.formatToParts(instant).map((part) => [part.type, part.value]));
}

/** "24 Nov 2026, 09:05" in the zone, or in the browser's own when none is given */
export function formatInstant(instant: string, zone?: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const at = partsIn(zone, date);
  return `${formatDay(`${at.year}-${at.month}-${at.day}`)}, ${at.hour}:${at.minute}`;
}

/** "2026-11-24 08:05:12 UTC" for the hover text */
export function formatUtc(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const orders = new Map<string, string>();

/** the order in which the reader's own language writes a date: "dmy", "mdy" or "ymd"; the words stay English */
function orderOf(language: string): string {
  let found = orders.get(language);
  if (found === undefined) {
    try {
      const parts = new Intl.DateTimeFormat(language, { year: "numeric", month: "numeric", day: "numeric", calendar: "gregory" }).formatToParts(0);
      found = parts.map((part) => ({ day: "d", month: "m", year: "y" })[part.type as "day"] ?? "").join("");
    } catch {
      found = ""; // a language this browser does not know
    }
    orders.set(language, found);
  }
  return found;
}

function dayAndMonth(days: string, month: string): string {
  const name = months[Number(month) - 1] ?? month;
  return ["mdy", "ymd"].includes(orderOf(navigator.language)) ? `${name} ${days}` : `${days} ${name}`;
}

function withYear(days: string, year: string): string {
  const order = orderOf(navigator.language);
  return order === "ymd" ? `${year} ${days}` : order === "mdy" ? `${days}, ${year}` : `${days} ${year}`;
}

const calendarDay = /^(\d{4})-(\d{2})-(\d{2})/;

/** "2026-11-24" → "24 Nov 2026", for a reader in the United States "Nov 24, 2026"; a day has no zone and so is taken
 * apart as text */
export function formatDay(day: string): string {
  const [, year = "", month = "", date = ""] = calendarDay.exec(day) ?? [];
  return year ? withYear(dayAndMonth(date, month), year) : day;
}

/** two days as short as they allow: "12–14 Nov 2026", "28 Nov – 02 Dec 2026" */
export function formatDays(from: string, to: string): string {
  const [, year = "", month = "", date = ""] = calendarDay.exec(from) ?? [];
  const [, lastYear = "", lastMonth = "", last = ""] = calendarDay.exec(to) ?? [];
  if (!year || !lastYear) return [from, to].filter(Boolean).map(formatDay).join(" – ") || "–";
  if (year !== lastYear) return `${formatDay(from)} – ${formatDay(to)}`;
  return withYear(month === lastMonth ? dayAndMonth(`${date}–${last}`, month) : `${dayAndMonth(date, month)} – ${dayAndMonth(last, lastMonth)}`, year);
}

/** the calendar day that an instant falls on in the zone, without one in the browser's: "2026-11-24" */
export function dayIn(zone: string | undefined, instant: Date): string {
  try {
    return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone }).format(instant);
  } catch {
    return dayIn(undefined, instant); // a zone this browser does not know
  }
}

/** the last second of a calendar day in the zone, as the API takes an instant */
export function endOfDay(day: string, zone: string | undefined): string {
  const noon = Date.parse(`${day}T12:00:00Z`);
  // an hour before which it is still that day there, and at which it is not any more: zones move by quarters
  for (let at = noon - 30 * 3_600_000; at < noon + 40 * 3_600_000; at += 900_000) {
    if (dayIn(zone, new Date(at)) > day) return new Date(at - 1000).toISOString();
  }
  return new Date(noon).toISOString();
}

/** "2026-11" or a day of it → "November 2026" */
export function formatMonth(month: string): string {
  const match = /^(\d{4})-(\d{2})/.exec(month);
  if (!match) return month;
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${match[1]}-${match[2]}-01T00:00:00Z`));
}

/** "less than a minute", "4 minutes", "2 h 10 min" for a number of seconds */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
