// When a deployment may begin: windows in time zones, on the days on which clocks change, and before an expiry.
import { describe, expect, it } from 'vitest';
import { findOpening, openingOn, startIn, warnAboutWindow } from '../../../src/main/engine/deploy/window.ts';
import { type DeploymentWindow, DeploymentWindowSchema } from '../../../src/shared/deployment-window.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { WEEK, waitingSentence } from '../../../src/shared/week.ts';

const utc = (at: number) => new Date(at).toISOString().slice(0, 16);
const window = (
  start: string,
  end: string,
  timeZone: string,
  days: DeploymentWindow['days'] = [...WEEK],
) => ({
  days,
  start,
  end,
  timeZone,
});

describe('a window on a day on which the clocks change', () => {
  it.each([
    // Berlin skips 02:00-03:00 on 2026-03-29.
    [
      'ends before the skipped hour',
      'Europe/Berlin',
      '2026-03-29',
      '00:30',
      '01:30',
      '2026-03-28T23:30',
      '2026-03-29T00:30',
    ],
    [
      'is the skipped hour: the next one',
      'Europe/Berlin',
      '2026-03-29',
      '02:00',
      '03:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
    ],
    [
      'opens in the skipped hour',
      'Europe/Berlin',
      '2026-03-29',
      '02:30',
      '03:15',
      '2026-03-29T01:30',
      '2026-03-29T02:15',
    ],
    [
      'closes in the skipped hour',
      'Europe/Berlin',
      '2026-03-29',
      '01:00',
      '02:30',
      '2026-03-29T00:00',
      '2026-03-29T01:30',
    ],
    [
      'contains the skipped hour',
      'Europe/Berlin',
      '2026-03-29',
      '01:00',
      '04:00',
      '2026-03-29T00:00',
      '2026-03-29T02:00',
    ],
    [
      'crosses midnight before it',
      'Europe/Berlin',
      '2026-03-28',
      '23:00',
      '01:00',
      '2026-03-28T22:00',
      '2026-03-29T00:00',
    ],
    // Berlin repeats 02:00-03:00 on 2026-10-25.
    [
      'is the repeated hour: once',
      'Europe/Berlin',
      '2026-10-25',
      '02:00',
      '03:00',
      '2026-10-25T00:00',
      '2026-10-25T01:00',
    ],
    [
      'is within the repeated hour: once',
      'Europe/Berlin',
      '2026-10-25',
      '02:15',
      '02:45',
      '2026-10-25T00:15',
      '2026-10-25T00:45',
    ],
    [
      'contains the repeated hour',
      'Europe/Berlin',
      '2026-10-25',
      '01:00',
      '04:00',
      '2026-10-24T23:00',
      '2026-10-25T03:00',
    ],
    [
      'opens after the repeated hour',
      'Europe/Berlin',
      '2026-10-25',
      '03:00',
      '04:00',
      '2026-10-25T02:00',
      '2026-10-25T03:00',
    ],
    [
      'is in the skipped hour of New York',
      'America/New_York',
      '2026-03-08',
      '02:30',
      '03:30',
      '2026-03-08T07:30',
      '2026-03-08T08:30',
    ],
    [
      'is in the repeated hour of New York',
      'America/New_York',
      '2026-11-01',
      '01:00',
      '02:00',
      '2026-11-01T05:00',
      '2026-11-01T06:00',
    ],
    [
      'is in the skipped half hour of Lord Howe',
      'Australia/Lord_Howe',
      '2026-10-04',
      '02:00',
      '02:30',
      '2026-10-03T15:30',
      '2026-10-03T16:00',
    ],
    [
      'opens at the skipped midnight of Beirut',
      'Asia/Beirut',
      '2026-03-29',
      '00:00',
      '01:00',
      '2026-03-28T22:00',
      '2026-03-28T23:00',
    ],
    [
      'has a zone without changes',
      'Asia/Kathmandu',
      '2026-03-29',
      '02:00',
      '03:00',
      '2026-03-28T20:15',
      '2026-03-28T21:15',
    ],
  ] as const)('%s (%s, %s, %s-%s)', (_, zone, day, start, end, from, to) => {
    const opening = openingOn(window(start, end, zone), day);
    expect([utc(opening.from), utc(opening.to)]).toEqual([from, to]);
  });
});

describe('the next opening', () => {
  const at = (now: string, given: DeploymentWindow) => {
    const { from, to } = findOpening(given, Date.parse(now));
    return [utc(from), utc(to)];
  };
  const sunday = window('22:00', '04:00', 'Europe/Berlin', ['sunday']);
  it('is the open one, past midnight too', () => {
    expect(at('2026-06-07T21:00:00Z', sunday)).toEqual(['2026-06-07T20:00', '2026-06-08T02:00']);
    expect(at('2026-06-08T01:59:00Z', sunday)).toEqual(['2026-06-07T20:00', '2026-06-08T02:00']);
  });
  it('is a week later once it has closed', () => {
    expect(at('2026-06-08T02:00:00Z', sunday)).toEqual(['2026-06-14T20:00', '2026-06-15T02:00']);
  });
  it('counts the days of its own zone', () => {
    const auckland = window('01:00', '02:00', 'Pacific/Auckland', ['monday']);
    expect(at('2026-06-07T12:00:00Z', auckland)[0]).toBe('2026-06-07T13:00');
  });
  it('lasts 24 hours if start and end are equal', () => {
    expect(at('2026-06-07T12:00:00Z', window('00:00', '00:00', 'UTC', ['sunday']))).toEqual([
      '2026-06-07T00:00',
      '2026-06-08T00:00',
    ]);
  });
});

describe('the start of a run', () => {
  const given = window('02:00', '04:00', 'UTC', ['sunday']);
  const lifetime = (
    issuedAt: string,
    expiresAt: string,
    revocationReason: 'keyCompromise' | null = null,
  ) => ({
    issuedAt,
    expiresAt,
    revocationReason,
  });
  const now = Date.parse('2026-06-08T12:00:00Z'); // a Monday: the window opens in 5.6 days
  const version = lifetime('2026-06-08T11:00:00Z', '2026-09-06T11:00:00Z');
  const start = (installed: ReturnType<typeof lifetime> | null, of = version) =>
    utc(startIn(given, { now, installed, version: of }));
  it.each([
    ['waits for the window', lifetime('2026-04-09T12:00:00Z', '2026-07-08T12:00:00Z'), '2026-06-14T02:00'],
    ['waits if nothing is installed', null, '2026-06-14T02:00'],
    [
      'begins once a tenth of the lifetime is left',
      lifetime('2026-03-21T12:00:00Z', '2026-06-19T12:00:00Z'),
      '2026-06-10T12:00',
    ],
    [
      'begins at once if less than a tenth is left',
      lifetime('2026-03-15T12:00:00Z', '2026-06-15T12:00:00Z'),
      '2026-06-08T12:00',
    ],
    [
      'begins at once if the window opens after the expiry',
      lifetime('2026-06-05T12:00:00Z', '2026-06-11T12:00:00Z'),
      '2026-06-08T12:00',
    ],
    [
      'begins at once if the installed one has expired',
      lifetime('2026-03-01T12:00:00Z', '2026-06-01T12:00:00Z'),
      '2026-06-08T12:00',
    ],
    [
      'begins at once if the installed key has leaked',
      lifetime('2026-04-09T12:00:00Z', '2026-07-08T12:00:00Z', 'keyCompromise'),
      '2026-06-08T12:00',
    ],
  ] as const)('%s', (_, installed, expected) => {
    expect(start(installed)).toBe(expected);
  });
  it('is at once if the new certificate itself expires before the window opens', () => {
    const short = lifetime('2026-06-08T11:00:00Z', '2026-06-12T11:00:00Z');
    expect(start(lifetime('2026-04-09T12:00:00Z', '2026-07-08T12:00:00Z'), short)).toBe('2026-06-08T12:00');
  });
  it('is at once in an open window', () => {
    expect(startIn(window('00:00', '00:00', 'UTC'), { now, installed: null, version })).toBe(now);
  });
});

it('refuses a window without days, with an impossible time, or in an unknown zone', () => {
  const parse = (patch: object) =>
    DeploymentWindowSchema.safeParse({ ...window('02:00', '04:00', 'Europe/Berlin'), ...patch }).success;
  expect(parse({})).toBe(true);
  for (const patch of [
    { days: [] },
    { start: '24:00' },
    { end: '2:00' },
    { timeZone: '+01:00' },
    { timeZone: 'Mars/Base' },
  ])
    expect(parse(patch)).toBe(false);
});

it('says when a deployment begins, in the time zone of the reader', () => {
  const now = Date.parse('2026-06-03T12:00:00Z');
  const say = (until: string, zone = 'Europe/Berlin') =>
    waitingSentence({ until, renewed: true }, { zone, now });
  expect(say('2026-06-07T00:00:00Z')).toBe('Renewed, deploying Sunday 02:00');
  expect(say('2026-06-07T00:00:00Z', 'America/New_York')).toBe('Renewed, deploying Saturday 20:00');
  expect(say('2026-06-03T20:00:00Z')).toBe('Renewed, deploying today 22:00');
  expect(say('2026-06-14T00:00:00Z')).toBe('Renewed, deploying Sunday 2026-06-14 02:00');
  expect(waitingSentence({ until: '2026-06-07T00:00:00Z', renewed: false }, { zone: 'UTC', now })).toBe(
    'Deploying Sunday 00:00',
  );
});

describe('a window and the lifetime of a certificate', () => {
  const now = new Date('2027-01-04T12:00:00Z');
  const days = (count: number) => ({
    issuedAt: toTimestamp(now),
    expiresAt: toTimestamp(new Date(now.getTime() + count * 86_400_000)),
  });
  const sunday = { days: ['sunday' as const], start: '02:00', end: '04:00', timeZone: 'UTC' };
  const daily = { ...sunday, days: [...WEEK] };

  it('fit if a renewed certificate can wait for the next opening', () => {
    expect(warnAboutWindow(sunday, days(90), now)).toBeNull();
    expect(warnAboutWindow(daily, days(160 / 24), now)).toBeNull();
    expect(warnAboutWindow(null, days(6), now)).toBeNull();
    expect(warnAboutWindow(sunday, null, now)).toBeNull();
  });

  // From the renewal, when a third remains, to the last tenth: 7/30 of the lifetime.
  it.each([
    [711, '165.9'],
    [711 + 3 / 7, null],
    [712, null],
  ])('fit up to the hour that a certificate of %d hours can wait', (lifetime, hours) => {
    const warning = warnAboutWindow(sunday, days(lifetime / 24), now);
    expect(/can wait for (\S+)\. /.exec(warning ?? '')?.[1] ?? null).toBe(hours);
  });

  it('do not fit a six-day certificate and a weekly window, and the warning has the numbers', () => {
    expect(warnAboutWindow(sunday, days(160 / 24), now)).toMatch(
      /up to 166 hours apart.* valid for 160 hours, can wait for 64\. Certdesk then deploys it outside/,
    );
  });
});
