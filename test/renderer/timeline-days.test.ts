import { expect, test } from 'vitest';
import { areaOf, axisEnd, columnsOf, ticksOf, totals } from '../../src/renderer/overview/timeline-days.ts';

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
  expect(ticksOf('2026-11-09T23:30:00Z', 'Europe/Berlin').find(({ isMonth }) => isMonth)).toEqual({
    offset: 21,
    day: '2026-12-01',
    isMonth: true,
  });
});

test('labels months at their beginning and in their middle, over the end of a year too', () => {
  const labels = (from: string) =>
    ticksOf(from, 'UTC').map(({ offset, day, isMonth }) => `${offset} ${day}${isMonth ? ' month' : ''}`);
  expect(labels('2026-11-10T12:00:00Z')).toEqual([
    '21 2026-12-01 month',
    '35 2026-12-15',
    '52 2027-01-01 month',
    '66 2027-01-15',
    '83 2027-02-01 month',
  ]);
  // None at the edges, where its label would be cut off or cover today's.
  expect(labels('2026-11-29T00:00:00Z')).toEqual([
    '16 2026-12-15',
    '33 2027-01-01 month',
    '47 2027-01-15',
    '64 2027-02-01 month',
    '78 2027-02-15',
  ]);
});

test.each([
  [0, 4],
  [1, 4],
  [4, 4],
  [5, 6],
  [9, 10],
  [10, 10],
  [11, 20],
  [21, 40],
  [100, 100],
  [101, 200],
  [4_321, 6_000],
])('ends the axis for %d at %d, which is even', (tallest, end) => expect(axisEnd(tallest)).toBe(end));

test('selects a day half way to its neighbours, and nothing far away', () => {
  const columns = columnsOf(
    {
      from: '2026-03-01T00:00:00Z',
      days: [day('2026-03-01', 1), day('2026-03-04', 1), day('2026-05-01', 1)],
    },
    'UTC',
  );
  expect(columns.map((_, index) => areaOf(columns, index))).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 7 },
    { start: 58, end: 65 },
  ]);
});

test('sums all days', () => {
  expect(totals([day('2026-03-01', 2), day('2026-03-02', 3, 1)])).toEqual({ renewals: 5, expiries: 1 });
  expect(totals([])).toEqual({ renewals: 0, expiries: 0 });
});
