// Lays out the next 90 days: columns of marks, the axes, and the area that selects a day. Pure.
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
const WEEK = 7;
const MIDDLE = 15;
export const DAYS = 90;

/** @param zone The time zone of the days. */
export function columnsOf({ from, days }: Pick<Timeline, 'from' | 'days'>, zone: string): readonly Column[] {
  const first = Date.parse(dayIn(zone, Date.parse(from)));
  return days.map(({ day, renewals, expiries }) => {
    const offset = Math.round((Date.parse(day) - first) / DAY_MS);
    return { day, renewals, expiries, offset: Math.min(DAYS, Math.max(0, offset)) };
  });
}

export interface Tick {
  /** Days from today. */
  readonly offset: number;
  readonly day: string;
  /** Whether a month begins there; the others are in the middle of one. */
  readonly isMonth: boolean;
}

/** The labelled days of the axis: the first day of each month, and its middle. */
export function ticksOf(from: string, zone: string): readonly Tick[] {
  const start = Date.parse(dayIn(zone, Date.parse(from)));
  const today = new Date(start);
  return [0, 1, 2, 3].flatMap((ahead) =>
    [1, MIDDLE].flatMap((date): readonly Tick[] => {
      const at = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, date);
      const offset = Math.round((at - start) / DAY_MS);
      // A label at an edge would be outside of the chart, or over the one of today.
      const isInside = offset >= WEEK && offset <= DAYS - 4;
      return isInside ? [{ offset, day: new Date(at).toISOString().slice(0, 10), isMonth: date === 1 }] : [];
    }),
  );
}

/** The end of the axis of counts: an even number that a person can halve, and at least 4. */
export function axisEnd(tallest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, tallest - 1)));
  const end = [2, 4, 6, 8, 10, 20].find((factor) => factor * power >= tallest) ?? 20;
  return Math.max(4, end * power);
}

/** How far from a day, in days, a click still selects it. */
const REACH = 3;

/**
 * The part of the chart that selects a day: half way to its neighbours, because a day alone is thinner than a finger.
 * @returns days from today, with fractions
 */
export function areaOf(
  columns: readonly Column[],
  index: number,
): { readonly start: number; readonly end: number } {
  const { offset = 0 } = columns[index] ?? {};
  const before = columns[index - 1]?.offset ?? Number.NEGATIVE_INFINITY;
  const after = columns[index + 1]?.offset ?? Number.POSITIVE_INFINITY;
  return {
    start: Math.max(0, offset - REACH, (before + offset + 1) / 2),
    end: Math.min(DAYS + 1, offset + 1 + REACH, (offset + after + 1) / 2),
  };
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
