// Which notifications are shown once, and which certificates expire without a planned renewal.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { ListedCertificate } from '../../../src/main/engine/core/stores/overview.ts';
import { partLeft } from '../../../src/main/engine/overview/expiring.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';

describe('a notification is shown', () => {
  const DAY = 86_400_000;
  let now: Date;
  let app: TestApp;
  const start = (dataFolder?: string) =>
    startApp({
      platform: { clock: { now: () => now } },
      ...(dataFolder === undefined ? {} : { dataFolder }),
    });
  const mayNotify = (key: string) => app.app.engine.desktopState.mayNotify(key, DAY);

  beforeEach(async () => {
    now = new Date('2026-06-01T12:00:00Z');
    app = await start();
  });
  afterEach(() => app?.stop());

  it('once a day, and each topic separately', async () => {
    expect(await mayNotify('failed:a')).toBe(true);
    expect(await mayNotify('failed:a')).toBe(false);
    expect(await mayNotify('failed:b')).toBe(true);
    now = new Date(now.getTime() + DAY - 1);
    expect(await mayNotify('failed:a')).toBe(false);
    now = new Date(now.getTime() + 2);
    expect(await mayNotify('failed:a')).toBe(true);
  });

  it('once, even for ten concurrent calls', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => mayNotify('failed:a')));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('once, despite restarts in between', async () => {
    expect(await mayNotify('failed:a')).toBe(true);
    await app.close();
    app = await start(app.dataFolder);
    expect(await mayNotify('failed:a')).toBe(false);
  });

  it('again after the clock was set back by far', async () => {
    expect(await mayNotify('failed:a')).toBe(true);
    now = new Date(now.getTime() - 10 * DAY);
    expect(await mayNotify('failed:a')).toBe(true);
  });
});

describe('the stage of a certificate of 90 days', () => {
  const certificate = (more: Partial<ListedCertificate> = {}): ListedCertificate => ({
    projectId: 'p',
    issuedAt: '2026-01-01T00:00:00Z',
    expiresAt: '2026-04-01T00:00:00Z',
    revokedAt: null,
    failures: 0,
    attemptAt: null,
    renewable: true,
    uncovered: null,
    acknowledged: false,
    ...more,
  });
  const daysLeft = (days: number) => new Date(Date.parse('2026-04-01T00:00:00Z') - days * 86_400_000);

  test.each([
    [31, null],
    [30, 3],
    [15.1, 3],
    [15, 6],
    [7.6, 6],
    [7.5, 12],
    [0.1, 12],
    [0, null],
    [-3, null],
  ])('with %d days left and no renewal is %s', (days, part) =>
    expect(partLeft(certificate(), daysLeft(days))).toBe(part),
  );

  it('is none if it will be renewed, until that fails or is overdue', () => {
    const soon = { attemptAt: daysLeft(9).toISOString() };
    expect(partLeft(certificate(soon), daysLeft(10))).toBeNull();
    expect(partLeft(certificate({ ...soon, failures: 1 }), daysLeft(10))).toBe(6);
    expect(partLeft(certificate(soon), daysLeft(8))).toBe(6);
  });
  it('is none if it is revoked, which is reported separately', () =>
    expect(partLeft(certificate({ revokedAt: '2026-03-01T00:00:00Z' }), daysLeft(10))).toBeNull());
});
