import { expect, test } from 'vitest';
import { fromLocalTime, toLocalTime } from '../../src/renderer/settings/local-time.ts';

test('a time survives editing to the minute', () => {
  for (const at of ['2026-01-19T12:34:00Z', '2026-07-01T00:00:00Z', '2026-12-31T23:59:00Z']) {
    expect(toLocalTime(at)).toMatch(/^202\d-\d\d-\d\dT\d\d:\d\d$/);
    expect(fromLocalTime(toLocalTime(at))).toBe(at);
  }
});

test('an empty field is no time', () => {
  expect(toLocalTime(null)).toBe('');
  expect(fromLocalTime('')).toBeNull();
  expect(fromLocalTime('soon')).toBeNull();
});
