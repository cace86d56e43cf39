// Formats times, durations and numbers in the page's locale and the installation's time zone. Callers pass `now`.
import { isForeignZone, timeZone } from './time-zone.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const numberFormat = new Intl.NumberFormat();

interface ZoneFormats {
  readonly date: Intl.DateTimeFormat;
  readonly dateTime: Intl.DateTimeFormat;
  readonly clock: Intl.DateTimeFormat;
}

/** Per zone, because creating formats takes long. */
const zoneFormats = new Map<string, ZoneFormats>();

function inZone(): ZoneFormats {
  const zone = timeZone.get();
  const known = zoneFormats.get(zone);
  if (known !== undefined) return known;
  const formats = createFormats(zone);
  zoneFormats.set(zone, formats);
  return formats;
}

function createFormats(zone: string): ZoneFormats {
  // Intl combines styles with no other option, and the name of the zone is one.
  const fields: Intl.DateTimeFormatOptions = isForeignZone(zone)
    ? {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
      }
    : { dateStyle: 'medium', timeStyle: 'short' };
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
  return {
    date: format({ dateStyle: 'medium' }),
    dateTime: format(fields),
    clock: format({ timeStyle: 'medium' }),
  };
}

/** Formats a date: `19 Jan 2026`, in the locale's order. */
export function formatDate(at: string): string {
  return inZone().date.format(new Date(at));
}

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** Formats a day of the calendar, which has no time zone. @param day `2026-01-19` */
export function formatDay(day: string): string {
  return dayFormat.format(new Date(day));
}

const shortDayFormat = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** Formats a day of the calendar without its year, for an axis: `19 Jan`. */
export function formatShortDay(day: string): string {
  return shortDayFormat.format(new Date(day));
}

/** Formats a time; with its zone, if the browser's clock shows another. */
export function formatDateTime(at: string): string {
  return inZone().dateTime.format(new Date(at));
}

/** Formats the time of day with seconds. */
export function formatClock(at: string): string {
  return inZone().clock.format(new Date(at));
}

/** Formats an exact time, independent of the locale: `2026-01-19 12:00:00 UTC`. */
export function formatUtc(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * Formats a relative time: `in 3 days`, `2 hours ago`. Uses the largest unit that is precise enough; days up to four
 * months.
 */
export function formatRelative(at: string, now: number): string {
  const delta = Date.parse(at) - now;
  const size = Math.abs(delta);
  // A future time is never shown as "now".
  if (size < MINUTE_MS)
    return delta > 0 ? relativeFormat.format(1, 'minute') : relativeFormat.format(0, 'second');
  if (size < HOUR_MS) return relativeFormat.format(Math.round(delta / MINUTE_MS), 'minute');
  if (size < 2 * DAY_MS) return relativeFormat.format(Math.round(delta / HOUR_MS), 'hour');
  if (size < 120 * DAY_MS) return relativeFormat.format(Math.round(delta / DAY_MS), 'day');
  return relativeFormat.format(Math.round(delta / (30.44 * DAY_MS)), 'month');
}

/** Formats a duration: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  if (ms < MINUTE_MS) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${Math.round((ms % MINUTE_MS) / 1000)} s`;
  return `${Math.floor(ms / HOUR_MS)} h ${Math.round((ms % HOUR_MS) / MINUTE_MS)} min`;
}

export function formatNumber(value: number): string {
  return numberFormat.format(value);
}

/** Formats a count with its noun: `1 certificate`, `42 certificates`. */
export function formatCount(value: number, one: string, many: string): string {
  return `${numberFormat.format(value)} ${value === 1 ? one : many}`;
}

/** Returns the days until expiry, rounded up as in the API; 0 or less if expired. */
export function daysLeft(expiresAt: string, now: number): number {
  return Math.ceil((Date.parse(expiresAt) - now) / DAY_MS);
}

/** Returns the share of the validity from `issuedAt` to `expiresAt` that has elapsed at `at`: 0 to 1. */
export function elapsedShare(issuedAt: string, expiresAt: string, at: number): number {
  const from = Date.parse(issuedAt);
  const span = Date.parse(expiresAt) - from;
  if (span <= 0) return 1;
  return Math.min(1, Math.max(0, (at - from) / span));
}

/** Formats plain hex as `AB:CD:…`. */
export function formatHex(hex: string): string {
  return (
    hex
      .toUpperCase()
      .match(/.{1,2}/g)
      ?.join(':') ?? ''
  );
}

export interface TextPart {
  readonly text: string;
  /** Whether this part is a timestamp. */
  readonly at: boolean;
  /** Offset in the text. */
  readonly start: number;
}

/** Splits a server text at its timestamps, so that they can be formatted in the page's locale. */
export function splitTimestamps(text: string): readonly TextPart[] {
  let start = 0;
  return text
    .split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/)
    .map((part, index) => {
      const entry = { text: part, at: index % 2 === 1, start };
      start += part.length;
      return entry;
    })
    .filter((part) => part.text !== '');
}

const listFormat = new Intl.ListFormat(undefined, { style: 'long', type: 'conjunction' });

/** Formats a list: `a, b and c`. Lists the first ten items and the number of the others. */
export function formatList(items: readonly string[]): string {
  const most = 10;
  if (items.length <= most) return listFormat.format(items);
  return listFormat.format([...items.slice(0, most), `${items.length - most} more`]);
}

/** Ends a text with a period, unless it already ends as a sentence. */
export function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
