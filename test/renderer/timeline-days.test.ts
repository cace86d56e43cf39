import { expect, test } from 'vitest';
import { columnsOf, monthsOf, totals } from '../../src/renderer/overview/timeline-days.ts';

const day = (at: string, renewals: number, expiries = 0) => ({ day: at, renewals, expiries });

test('places days by their distance from the first, whatever its hour, and none outside of the chart', () => {
  const days = [day('2026-03-01', 2), day('2026-03-31', 1, 1), day('2026-07-01', 0, 3)];
  expect(columnsOf({ from: '2026-03-01T23:30:00Z', days }, 'UTC').map(({ offset }) => offset)).toEqual([
    0, 30, 90,
  ]);
  expect(columnsOf({ from: '2026-03-05T00:00:00Z', days: [day('2026-03-01', 1)] }, 'UTC')[0]?.offset).toBe(0);
});

test('begins at the day of the time zone', () => {
  const days = [day('2026-03-02', 1)];
  expect(columnsOf({ from: '2026-03-01T23:30:00Z', days }, 'Europe/Berlin')[0]?.offset).toBe(0);
  expect(monthsOf('2026-11-09T23:30:00Z', 'Europe/Berlin')[0]).toEqual({ offset: 21, at: '2026-12-01' });
});

test('labels months at their beginning, over the end of a year too, and not at the edges', () => {
  expect(monthsOf('2026-11-10T12:00:00Z', 'UTC')).toEqual([
    { offset: 21, at: '2026-12-01' },
    { offset: 52, at: '2027-01-01' },
    { offset: 83, at: '2027-02-01' },
  ]);
  expect(monthsOf('2026-11-29T00:00:00Z', 'UTC').map(({ offset }) => offset)).toEqual([33, 64]);
});

test('sums all days', () => {
  expect(totals([day('2026-03-01', 2), day('2026-03-02', 3, 1)])).toEqual({ renewals: 5, expiries: 1 });
  expect(totals([])).toEqual({ renewals: 0, expiries: 0 });
});
