// Converts between the API's timestamps and a datetime-local field: the browser's local time, to the minute. Pure.
import { type Timestamp, toTimestamp } from '../../shared/time.ts';

/** Formats a timestamp for the field: `2026-01-19T13:00`; empty for null. */
export function toLocalTime(at: Timestamp | null): string {
  if (at === null) return '';
  const date = new Date(at);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Parses the field; null if it is empty or has no valid time. */
export function fromLocalTime(typed: string): Timestamp | null {
  const date = new Date(typed);
  return typed === '' || Number.isNaN(date.getTime()) ? null : toTimestamp(date);
}
