// Reads values of an answer by the paths that commands declare, and writes them as text.
import type { CliColumn } from '../../shared/command-line.ts';
import { formatInZone, toWallClock } from '../../shared/time-zone.ts';

const DAY_MS = 86_400_000;

/** @param path `certificate.status`, `chain.0.subject`, or several separated by `|`: the first that is set counts. */
export function valueAt(answer: unknown, path: string): unknown {
  for (const each of path.split('|')) {
    const value = each.split('.').reduce<unknown>(memberOf, answer);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function memberOf(inner: unknown, name: string): unknown {
  if (Array.isArray(inner)) return inner[Number(name)];
  return isRecord(inner) ? inner[name] : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface At {
  readonly now: Date;
  /** The IANA name of the time zone in which times are shown. */
  readonly zone: string;
}

/** @returns text for a person; empty if there is no value */
export function textOf(value: unknown, as: CliColumn['as'], at: At): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((each) => textOf(each, as, at)).join(', ');
  if (isRecord(value)) return JSON.stringify(value);
  const text = String(value);
  if (as === 'time') return timeOf(text, at.zone);
  if (as === 'left') return timeLeft(text, at.now);
  return as === 'state' ? text.replaceAll('_', ' ') : text;
}

const TIMES = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;

/** Writes each time in the text in the zone: `2026-11-30T08:15:00Z` as `2026-11-30 09:15 UTC+1`. */
export function timeOf(text: string, zone: string): string {
  return text.replace(TIMES, (time) => formatInZone(zone, time));
}

/** The time of day in the zone: `2026-11-30T08:15:00Z` as `09:15:00`. */
export function clockOf(time: string, zone: string): string {
  return toWallClock(zone, Date.parse(time)).slice(11);
}

function timeLeft(text: string, now: Date): string {
  const ms = Date.parse(text) - now.getTime();
  if (Number.isNaN(ms)) return text;
  if (ms <= 0) return 'expired';
  const days = Math.floor(ms / DAY_MS);
  if (days >= 2) return `${days} days`;
  const hours = Math.floor(ms / 3_600_000);
  return hours >= 1 ? `${hours} ${hours === 1 ? 'hour' : 'hours'}` : 'under 1 hour';
}
