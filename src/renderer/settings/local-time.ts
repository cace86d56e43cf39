// Converts between the API's timestamps and a datetime-local field: the time of a zone, to the minute. Pure.
import { type Timestamp, toTimestamp } from '../../shared/time.ts';
import { fromWallClock, toWallClock } from '../../shared/time-zone.ts';

/** Formats a timestamp for the field: `2026-01-19T13:00`; empty for null. */
export function toLocalTime(at: Timestamp | null, zone: string): string {
  return at === null ? '' : toWallClock(zone, Date.parse(at)).slice(0, 16);
}

/** Parses the field; null if it is empty or has no valid time. */
export function fromLocalTime(typed: string, zone: string): Timestamp | null {
  if (Number.isNaN(Date.parse(`${typed}Z`))) return null;
  return toTimestamp(new Date(fromWallClock(zone, typed)));
}
