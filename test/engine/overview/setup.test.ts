// The steps of a new installation, and the days of the timeline, as the API returns them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daySpan } from '../../../src/main/engine/overview/timeline.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.stop());

describe('the checklist of a new installation', () => {
  const setup = async () => (await app.call('GET', '/overview')).body.setup;
  const OPEN = { certificate: false, notificationChannel: false, backupPassphrase: false, deployment: false };

  it('is judged by what exists', async () => {
    expect(await setup()).toEqual(OPEN);
    await app.app.engine.backups.setPassphrase('a long enough passphrase');
    const channel = {
      type: 'webhook',
      name: 'hook',
      webhook: { preset: 'generic', url: 'https://hooks.example.com/x' },
    };
    const { body } = await app.call('POST', '/notifications', { body: channel });
    expect(await setup()).toEqual({ ...OPEN, backupPassphrase: true, notificationChannel: true });
    // A channel that is off sends nothing.
    await app.call('PATCH', `/notifications/${body.id}`, { body: { enabled: false } });
    expect(await setup()).toEqual({ ...OPEN, backupPassphrase: true });
  });

  it('is null after it was dismissed, until the setting brings it back', async () => {
    await app.call('PATCH', '/settings', { body: { general: { showChecklist: false } } });
    expect(await setup()).toBeNull();
    await app.call('PATCH', '/settings', { body: { general: { showChecklist: true } } });
    expect(await setup()).toMatchObject({ deployment: false });
  });
});

describe('a day of the timeline', () => {
  const now = new Date('2026-03-28T22:30:00Z'); // 23:30 in Berlin, before a day of 23 hours

  it('is a span in the time zone, with overdue renewals only today', () => {
    expect(daySpan('2026-03-28', 'Europe/Berlin', now)).toEqual({
      since: null,
      from: '2026-03-28T22:30:00Z',
      to: '2026-03-28T22:59:59Z',
    });
    expect(daySpan('2026-03-29', 'Europe/Berlin', now)).toEqual({
      since: '2026-03-28T22:59:59Z',
      from: '2026-03-28T22:59:59Z',
      to: '2026-03-29T21:59:59Z',
    });
    expect(daySpan('2026-03-27', 'Europe/Berlin', now)).toBeNull();
    expect(daySpan('2026-08-01', 'Europe/Berlin', now)).toBeNull();
  });

  it('is empty without certificates, and refuses what is no day', async () => {
    expect((await app.call('GET', '/overview/days/2026-03-29')).body).toEqual({ marks: [] });
    expect((await app.call('GET', '/overview/days/soon')).status).toBe(400);
  });
});
