// Groups the next 90 days into columns of marks. Pure.
import type { Timeline } from '../../shared/overview.ts';
import { dayIn } from '../../shared/time-zone.ts';

export interface Column {
  /** Days from today: 0 to 90. */
  readonly offset: number;
  readonly day: string;
  readonly renewals: number;
  readonly expiries: number;
}

const DAY_MS = 86_400_000;
export const DAYS = 90;

/** @param zone The time zone of the days. */
export function columnsOf({ from, days }: Pick<Timeline, 'from' | 'days'>, zone: string): readonly Column[] {
  const first = Date.parse(dayIn(zone, Date.parse(from)));
  return days.map(({ day, renewals, expiries }) => {
    const offset = Math.round((Date.parse(day) - first) / DAY_MS);
    return { day, renewals, expiries, offset: Math.min(DAYS, Math.max(0, offset)) };
  });
}

/** The first days of the months in the window, as offsets in days. */
export function monthsOf(
  from: string,
  zone: string,
): readonly { readonly offset: number; readonly at: string }[] {
  const start = new Date(dayIn(zone, Date.parse(from)));
  return [1, 2, 3].flatMap((ahead) => {
    const at = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + ahead, 1));
    const offset = Math.round((at.getTime() - start.getTime()) / DAY_MS);
    // A label at the edge would be outside the chart.
    return offset > 4 && offset < DAYS - 4 ? [{ offset, at: at.toISOString().slice(0, 10) }] : [];
  });
}

export function totals(days: Timeline['days']): { readonly renewals: number; readonly expiries: number } {
  return days.reduce(
    (sum, { renewals, expiries }) => ({
      renewals: sum.renewals + renewals,
      expiries: sum.expiries + expiries,
    }),
    { renewals: 0, expiries: 0 },
  );
}
