import { describe, expect, it } from 'vitest';
import { formatDate, formatDateTime, formatDay } from '../../src/renderer/format.ts';
import { fromLocalTime, toLocalTime } from '../../src/renderer/settings/local-time.ts';
import { timeZone } from '../../src/renderer/time-zone.ts';

describe('a field with a local time', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/St_Johns'])('keeps a time to the minute in %s', (zone) => {
    for (const at of ['2026-01-19T12:34:00Z', '2026-07-01T00:00:00Z', '2026-12-31T23:59:00Z']) {
      expect(toLocalTime(at, zone)).toMatch(/^202\d-\d\d-\d\dT\d\d:\d\d$/);
      expect(fromLocalTime(toLocalTime(at, zone), zone)).toBe(at);
    }
  });

  it('shows the time of the zone, before and after its clocks change', () => {
    expect(toLocalTime('2026-03-29T00:59:00Z', 'Europe/Berlin')).toBe('2026-03-29T01:59');
    expect(toLocalTime('2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T03:00');
    expect(fromLocalTime('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z');
  });

  it('has no time while it is empty or incomplete', () => {
    expect(toLocalTime(null, 'UTC')).toBe('');
    expect(fromLocalTime('', 'UTC')).toBeNull();
    expect(fromLocalTime('soon', 'UTC')).toBeNull();
  });
});

describe('the time zone of the page', () => {
  it('moves dates and times, names itself where the browser has another, and leaves days alone', () => {
    const before = timeZone.get();
    try {
      timeZone.set('Pacific/Kiritimati');
      expect(formatDate('2026-01-19T12:00:00Z')).toMatch(/20/);
      expect(formatDateTime('2026-01-19T12:00:00Z')).toMatch(/2:00.*\+14/);
      timeZone.set('Pacific/Pago_Pago');
      expect(formatDate('2026-01-19T10:00:00Z')).toMatch(/18/);
      expect(formatDay('2026-01-19')).toMatch(/19/);
    } finally {
      timeZone.set(before);
    }
  });
});
