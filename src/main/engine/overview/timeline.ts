// Builds the timeline of the next 90 days: planned renewals and expiries, one mark per certificate, or grouped by day
// if a chart cannot show that many. Pure.
import type { Timeline, TimelineMark } from '../../../shared/overview.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import { addDays, dayIn, startOfDay } from '../../../shared/time-zone.ts';

const DAYS = 90;
/** More marks would merge into a bar on any screen. */
export const MAX_MARKS = 300;

/** Returns the time span of the timeline. */
export function timelineWindow(now: Date): { readonly from: Timestamp; readonly to: Timestamp } {
  return { from: toTimestamp(now), to: toTimestamp(new Date(now.getTime() + DAYS * 86_400_000)) };
}

/** Counts the marks per day of the time zone; days without marks are omitted. */
export function groupByDay(
  marks: readonly Pick<TimelineMark, 'at' | 'kind'>[],
  timeZone: string,
): Timeline['days'] {
  const groups = Map.groupBy(marks, ({ at }) => dayIn(timeZone, Date.parse(at)));
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([day, group]) => {
      const renewals = group.filter(({ kind }) => kind === 'renewal').length;
      return { day, renewals, expiries: group.length - renewals };
    });
}

/**
 * Returns the span of a day; null if it is not in the next 90 days.
 * @param day `2026-01-19`, in the time zone
 */
export function daySpan(
  day: string,
  timeZone: string,
  now: Date,
): { readonly since: Timestamp | null; readonly from: Timestamp; readonly to: Timestamp } | null {
  const { from, to } = timelineWindow(now);
  const start = toTimestamp(new Date(startOfDay(timeZone, day) - 1000));
  const end = toTimestamp(new Date(startOfDay(timeZone, addDays(day, 1)) - 1000));
  if (end < from || start >= to) return null;
  const isToday = start < from;
  return { since: isToday ? null : start, from: isToday ? from : start, to: end < to ? end : to };
}
