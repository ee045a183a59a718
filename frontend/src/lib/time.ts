// Instants are UTC in the API and shown in the hotel's zone; calendar days are never shifted.

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string | undefined): Intl.DateTimeFormat {
  const key = zone ?? "";
  let found = formats.get(key);
  if (!found) {
    const options: Intl.DateTimeFormatOptions = {
      year: "numeric",
      month: "short",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hour12: false,
      hourCycle: "h23",
    };
    try {
      found = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
    } catch {
      found = new Intl.DateTimeFormat("en-GB", options); // a zone this browser does not know
    }
    formats.set(key, found);
  }
  return found;
}

/** "24 Nov 2026, 09:05" in the zone, or in the browser's own when none is given */
export function formatInstant(instant: string, zone?: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : format(zone).format(date);
}

/** "2026-11-24 08:05:12 UTC" for the hover text */
export function formatUtc(instant: string): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2026-11-24" → "24 Nov 2026"; a day has no zone and so is taken apart as text */
export function formatDay(day: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(day);
  if (!match) return day;
  return `${match[3]} ${months[Number(match[2]) - 1] ?? match[2]} ${match[1]}`;
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
