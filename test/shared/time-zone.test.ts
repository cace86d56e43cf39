import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayIn,
  formatInZone,
  fromWallClock,
  isTimeZone,
  offsetAt,
  offsetName,
  startOfDay,
  toWallClock,
} from '../../src/shared/time-zone.ts';

const at = (time: string): number => Date.parse(time);

describe('wall-clock times', () => {
  it.each([
    ['UTC', '2026-01-19T12:00:00Z', '2026-01-19T12:00:00'],
    ['Europe/Berlin', '2026-01-19T12:00:00Z', '2026-01-19T13:00:00'],
    ['Europe/Berlin', '2026-07-19T12:00:00Z', '2026-07-19T14:00:00'],
    ['America/St_Johns', '2026-01-19T02:00:00Z', '2026-01-18T22:30:00'],
    ['Pacific/Kiritimati', '2026-01-19T12:00:00Z', '2026-01-20T02:00:00'],
    ['Asia/Kathmandu', '2026-01-19T18:15:00Z', '2026-01-20T00:00:00'],
  ])('converts in %s', (zone, instant, local) => {
    expect(toWallClock(zone, at(instant))).toBe(local);
    expect(fromWallClock(zone, local)).toBe(at(instant));
  });

  it.each([
    // The clocks skip 02:00 to 03:00, show 02:00 to 03:00 twice, move by half an hour, and skip a whole day.
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['America/New_York', '2026-03-08T02:00:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-03T15:45:00Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00Z'],
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00Z'],
    ['Pacific/Apia', '2011-12-31T00:30:00', '2011-12-30T10:30:00Z'],
  ])('resolves a time that %s skips or has twice: %s', (zone, local, instant) => {
    expect(new Date(fromWallClock(zone, local)).toISOString()).toBe(instant.replace('Z', '.000Z'));
  });

  it('finds the same instant again from every wall-clock time that is not skipped', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tehran');
    const seconds = fc.integer({
      min: at('2015-01-01T00:00:00Z') / 1000,
      max: at('2036-01-01T00:00:00Z') / 1000,
    });
    fc.assert(
      fc.property(zones, seconds, (zone, second) => {
        const instant = second * 1000;
        const local = toWallClock(zone, instant);
        const found = fromWallClock(zone, local);
        // The earlier of two instants with the same wall-clock time.
        expect(found).toBeLessThanOrEqual(instant);
        expect(toWallClock(zone, found)).toBe(local);
      }),
      { numRuns: 300 },
    );
  });
});

describe('days', () => {
  it('gives the day of an instant in the zone', () => {
    expect(dayIn('America/Los_Angeles', at('2026-03-01T07:59:59Z'))).toBe('2026-02-28');
    expect(dayIn('America/Los_Angeles', at('2026-03-01T08:00:00Z'))).toBe('2026-03-01');
  });

  it('starts a day at 01:00 if the clocks skip midnight, and counts calendar days', () => {
    expect(toWallClock('Africa/Cairo', startOfDay('Africa/Cairo', '2026-04-24'))).toBe('2026-04-24T01:00:00');
    expect(addDays('2026-12-30', 3)).toBe('2027-01-02');
    const zone = 'Europe/Berlin';
    const lengths = ['2026-03-29', '2026-06-01', '2026-10-25'].map(
      (day) => (startOfDay(zone, addDays(day, 1)) - startOfDay(zone, day)) / 3_600_000,
    );
    expect(lengths).toEqual([23, 24, 25]);
  });
});

describe('names', () => {
  it('names the offset, with minutes only where there are some', () => {
    const names = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'].map((zone) =>
      offsetName(zone, at('2026-01-19T12:00:00Z')),
    );
    expect(names).toEqual(['UTC', 'UTC+1', 'UTC+5:30', 'UTC-3:30']);
    expect(formatInZone('Europe/Berlin', '2026-07-19T12:00:00Z')).toBe('2026-07-19 14:00 UTC+2');
    expect(offsetAt('Europe/Berlin', at('2026-07-19T12:00:00Z'))).toBe(7_200_000);
  });

  it('knows names of zones, and takes neither offsets nor anything else', () => {
    expect(['Europe/Berlin', 'UTC', 'Etc/GMT+5'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['+01:00', 'Europe/Nowhere', '', ' UTC', 'a/../b'].map(isTimeZone)).toEqual(Array(5).fill(false));
  });
});
