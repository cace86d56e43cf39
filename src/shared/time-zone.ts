// Converts between instants and the wall-clock time of a time zone (IANA name), by the rules that the JavaScript engine
// has. Pure. Temporal.ZonedDateTime does the same; Node 24 and several browsers do not have it yet.
import type { Timestamp } from './time.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Formats are cached, because creating one takes longer than a hundred conversions. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** Returns the time zone of the operating system. */
export function systemTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the JavaScript engine knows the zone: `Europe/Berlin`, `UTC`. Offsets such as `+01:00` are not names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the milliseconds by which the clocks of the zone are ahead of UTC at an instant. */
export function offsetAt(zone: string, instant: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** Returns what the clocks of the zone show at an instant, as an ISO time without a zone: `2026-01-19T13:00:00`. */
export function toWallClock(zone: string, instant: number): string {
  return new Date(instant + offsetAt(zone, instant)).toISOString().slice(0, 19);
}

/**
 * Returns the instant at which the clocks of the zone show a time. If they show it twice, the first; if they skip it,
 * the time that is later by as much as they skip (the rule of RFC 5545 section 3.3.5, and Temporal's `compatible`).
 * @param wallClock ISO time without a zone: `2026-01-19T13:00:00`
 */
export function fromWallClock(zone: string, wallClock: string): number {
  const local = Date.parse(`${wallClock}Z`);
  const offsets = [offsetAt(zone, local - DAY_MS), offsetAt(zone, local + DAY_MS)] as const;
  const found = offsets.map((offset) => local - offset).filter((at) => at + offsetAt(zone, at) === local);
  return found.length > 0 ? Math.min(...found) : local - offsets[0];
}

/** Returns the day of an instant in the zone: `2026-01-19`. */
export function dayIn(zone: string, instant: number): string {
  return toWallClock(zone, instant).slice(0, 10);
}

/** Returns the day that is `days` calendar days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Returns the first instant of a day; if the clocks skip midnight, that is 01:00. */
export function startOfDay(zone: string, day: string): number {
  return fromWallClock(zone, `${day}T00:00:00`);
}

/** Formats a time with the zone's offset, independent of any locale: `2026-01-19 13:00 UTC+1`. */
export function formatInZone(zone: string, at: Timestamp): string {
  const instant = Date.parse(at);
  return `${toWallClock(zone, instant).slice(0, 16).replace('T', ' ')} ${offsetName(zone, instant)}`;
}

/** `UTC`, `UTC+1`, `UTC-3:30` */
export function offsetName(zone: string, instant: number): string {
  const minutes = Math.round(offsetAt(zone, instant) / MINUTE_MS);
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}
