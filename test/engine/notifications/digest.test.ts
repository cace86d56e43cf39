import { describe, expect, it } from 'vitest';
import { lastMoment } from '../../../src/main/engine/notifications/digest.ts';

const momentAt = (zone: string, now: string, digestHour = 8) =>
  lastMoment({ digestDay: 'sunday', digestHour }, zone, new Date(now)).toISOString().slice(0, 16);

describe('the time of the weekly digest', () => {
  it.each([
    ['just before it', '2026-01-18T06:59:59Z', '2026-01-11T07:00'],
    ['at it', '2026-01-18T07:00:00Z', '2026-01-18T07:00'],
    ['on the next day', '2026-01-19T07:00:00Z', '2026-01-18T07:00'],
    ['in summer', '2026-07-21T12:00:00Z', '2026-07-19T06:00'],
    ['on the day on which summer time begins', '2026-03-29T12:00:00Z', '2026-03-29T06:00'],
    ['in the week after it', '2026-04-01T12:00:00Z', '2026-03-29T06:00'],
    ['on the day on which it ends', '2026-10-25T12:00:00Z', '2026-10-25T07:00'],
    ['before it on that day', '2026-10-25T06:30:00Z', '2026-10-18T06:00'],
  ])('is eight o’clock in Berlin: %s', (_, now, moment) => {
    expect(momentAt('Europe/Berlin', now)).toBe(moment);
  });

  it('is an hour later if the clocks skip it, and comes once if they show it twice', () => {
    expect(momentAt('Europe/Berlin', '2026-03-29T01:00:00Z', 2)).toBe('2026-03-29T01:00');
    expect(momentAt('Europe/Berlin', '2026-10-25T00:30:00Z', 2)).toBe('2026-10-25T00:00');
    expect(momentAt('Europe/Berlin', '2026-10-25T01:30:00Z', 2)).toBe('2026-10-25T00:00');
  });

  it('belongs to the day of the zone, not of UTC', () => {
    expect(momentAt('Pacific/Kiritimati', '2026-01-17T20:00:00Z')).toBe('2026-01-17T18:00');
    expect(momentAt('Pacific/Pago_Pago', '2026-01-19T05:00:00Z', 17)).toBe('2026-01-19T04:00');
  });
});
