// The next 90 days: planned renewals against hard expiries, one mark a certificate, and by day where a chart could
// not show so many. Pure.
import type { Timeline, TimelineMark } from '../../../shared/overview.ts';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';

const DAYS = 90;
/** More marks than this are a grey bar on any screen. */
export const MAX_MARKS = 300;

export function timelineWindow(now: Date): { readonly from: Timestamp; readonly to: Timestamp } {
  return { from: toTimestamp(now), to: toTimestamp(new Date(now.getTime() + DAYS * 86_400_000)) };
}

/** Days on which there is any mark, in order. */
export function groupByDay(marks: readonly Pick<TimelineMark, 'at' | 'kind'>[]): Timeline['days'] {
  const groups = Map.groupBy(marks, ({ at }) => at.slice(0, 10));
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([day, group]) => {
      const renewals = group.filter(({ kind }) => kind === 'renewal').length;
      return { day, renewals, expiries: group.length - renewals };
    });
}
