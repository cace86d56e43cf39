// The entries of a real CA's answers in the audit trail: the actor of each, once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/shared/audit.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'the audit trail of a certificate', () => {
  let pebble: Pebble;
  let app: TestApp;

  beforeAll(async () => {
    pebble = await startPebble();
    app = await startApp({ pebble, staging: pebble });
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  it('records obtain, renewals by a user and by Certdesk, revocation, and failures', async () => {
    const id = await app.project('audit.example.com');
    const path = `/projects/${id}/certificate`;
    const body = { challengeType: 'http-01' };
    expect((await app.call('POST', `${path}/obtain`, { body })).status).toBe(200);
    expect((await app.call('POST', `${path}/renew`)).status).toBe(200);
    await app.app.engine.issuance.startRenewal(id); // like the scheduler
    await expect
      .poll(async () => (await app.call('GET', `/jobs?project=${id}`)).body.jobs)
      .toMatchObject({
        0: { automatic: true, state: 'succeeded' },
      });
    expect((await app.call('POST', `${path}/obtain`, { body: { ...body, dryRun: true } })).status).toBe(200);
    expect((await app.call('POST', `${path}/revoke`, { body: { reason: 'superseded' } })).status).toBe(200);
    const failing = await app.project('fails.example.com');
    await pebble.challtestsrv.setServfail('fails.example.com');
    expect((await app.call('POST', `/projects/${failing}/certificate/obtain`, { body })).status).toBe(400);

    const { body: page } = await app.call('GET', '/audit?operation=certificates');
    const entries = (page.entries as unknown as AuditEntry[]).toReversed();
    expect(entries.map(({ actor, operation, result }) => `${actor.name}: ${operation} ${result}`)).toEqual([
      'test: certificates.obtain ok',
      'test: certificates.obtain ok',
      'test: certificates.renew ok',
      'test: certificates.renew ok',
      'Certdesk: certificates.renew ok',
      'test: certificates.obtain ok',
      'test: certificates.obtain ok',
      'test: certificates.revoke ok',
      'test: certificates.revoke ok',
      'test: certificates.obtain ok',
      'test: certificates.obtain CHALLENGE_FAILED',
    ]);
    expect(entries.slice(0, 2).map(({ message }) => message)).toEqual([
      'Issuance started',
      expect.stringMatching(/^Certificate for audit\.example\.com issued/),
    ]);
    expect(entries.slice(5, 7).map(({ message }) => message)).toEqual([
      'Dry run started',
      'Dry run succeeded',
    ]);
    expect((await app.call('GET', '/audit/verify')).body.ok).toBe(true);
  });
});
