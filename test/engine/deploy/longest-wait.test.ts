import { describe, expect, it } from 'vitest';
import { longestWaitHours } from '../../../src/main/engine/deploy/window.ts';
import { WEEK } from '../../../src/shared/week.ts';

const NOW = new Date('2026-06-03T12:00:00Z');
const window = (days: (typeof WEEK)[number][], start = '02:00', end = '04:00') => ({
  days,
  start,
  end,
  timeZone: 'Europe/Berlin',
});
const [first, second] = ['monday', 'tuesday'] as const;

describe('the longest wait for a window', () => {
  it.each([
    ['one day a week', window([first]), 166],
    ['two days in a row', window([first, second]), 142],
    ['every night', window([...WEEK]), 22],
    ['past midnight', window([...WEEK], '23:00', '03:00'), 20],
    ['always open', window([...WEEK], '00:00', '00:00'), 0],
  ])('%s', (_, given, hours) => {
    expect(longestWaitHours(given, NOW)).toBe(hours);
  });
});
