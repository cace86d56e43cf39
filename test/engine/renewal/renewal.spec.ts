// Renewal against a real Pebble: its suggestion (ARI), what an order replaces, its staging directory first.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { databasePath } from '../../../src/main/storage/data-folder.ts';
import { openDatabase } from '../../../src/main/storage/database.ts';
import { createStores } from '../../../src/main/storage/stores.ts';
import { type Pebble, startPebble } from '../../support/acme/pebble.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';
import { describeWith } from '../../support/tools/tools.ts';

const HTTP_01 = { challengeType: 'http-01', keyType: 'ec' };

describeWith('pebble', 'renewal', () => {
  let pebble: Pebble;
  let staging: Pebble;
  let fallback: Pebble;
  let app: TestApp;
  /** Beside the running server, to read and to change its data. */
  let database: { readonly stores: Stores; close(): Promise<void> };
  beforeAll(async () => {
    [pebble, staging] = await Promise.all([startPebble(), startPebble()]);
    fallback = await startPebble({ httpPort: pebble.httpPort });
    const acmeRoots = [pebble, staging, fallback].map(({ rootPem }) => rootPem).join('\n');
    app = await startApp({ pebble, staging, platform: { acmeRoots } });
    const opened = openDatabase(databasePath(app.dataFolder));
    database = { stores: createStores(opened.db), close: opened.close };
  });
  afterAll(async () => {
    await database?.close();
    await app?.stop();
    await Promise.all([pebble?.stop(), staging?.stop(), fallback?.stop()]);
  });

  async function obtained(domain: string): Promise<string> {
    const id = await app.project(domain);
    const answer = await app.call('POST', `/projects/${id}/certificate/obtain`, { body: HTTP_01 });
    expect(answer.status, answer.text).toBe(200);
    return id;
  }
  const status = async (id: string) => (await app.call('GET', `/projects/${id}/certificate/status`)).body;
  const renew = (id: string) => app.call('POST', `/projects/${id}/certificate/renew`);
  const stores = () => database.stores;
  const chainOf = async (id: string) => (await stores().certificates.active(id))?.chain ?? '';

  /**
   * Obtains a certificate that Pebble accepts as replaced. It does not know its own serials that begin with a zero octet
   * in DER, which are one in 512.
   */
  async function obtainedReplaceable(domain: string): Promise<string> {
    const id = await obtained(domain);
    const startsWithZero = async () =>
      Number.parseInt(new X509Certificate(await chainOf(id)).serialNumber.slice(0, 2), 16) >= 0x80;
    while (await startsWithZero()) expect((await renew(id)).status).toBe(200);
    return id;
  }

  it('is planned in the CA’s window soon after the issuance', async () => {
    const id = await obtained('ari.example.com');
    await app.app.engine.sweep();
    const { renewWindow, renewAt, renewReason, nextAttemptAt } = await status(id);
    const [start, end, at] = [renewWindow?.start, renewWindow?.end, renewAt].map(String);
    expect([start, at, end].toSorted()).toEqual([start, at, end]);
    expect(nextAttemptAt).toBe(renewAt);
    expect(renewReason).toBe('Time suggested by the CA (ARI)');
  });

  it('starts when the CA moves the window into the past, and its order says what it replaces', async () => {
    const id = await obtainedReplaceable('moved.example.com');
    await app.app.engine.sweep();
    const before = await stores().certificates.active(id);
    const suggestedWindow = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };
    const explanationURL = 'https://ca.example/incident';
    await pebble.setRenewalInfo(before?.chain ?? '', JSON.stringify({ suggestedWindow, explanationURL }));
    await askAgain(id);
    await app.app.engine.sweep(); // fetches the window
    expect(await status(id)).toMatchObject({ renewExplanationUrl: explanationURL });
    await app.app.engine.sweep(); // renews
    await expect.poll(async () => (await stores().certificates.active(id))?.id).not.toBe(before?.id);
    expect(pebble.output()).toMatch(/is a replacement of/);
    // It is replaced now: a second order that says so is refused, and created without it.
    expect((await renew(id)).status).toBe(200);
  });

  it('continues without `replaces` if the CA says that it was replaced already', async () => {
    const id = await obtained('twice.example.com');
    await app.app.engine.sweep();
    const first = await stores().certificates.active(id);
    expect((await renew(id)).status).toBe(200);
    const second = await stores().certificates.active(id);
    // As if the first renewal had been lost here.
    await stores().certificates.update(second?.id ?? '', { removedAt: '2026-01-01T00:00:00Z' });
    await stores().certificates.update(first?.id ?? '', { supersededAt: null });
    const answer = await renew(id);
    expect(answer.status, answer.text).toBe(200);
  });

  it('ignores an invalid answer', async () => {
    const id = await obtained('garbage.example.com');
    await pebble.setRenewalInfo(await chainOf(id), '{"suggestedWindow":{"start":"x"');
    await app.app.engine.sweep();
    expect(await status(id)).toMatchObject({
      renewReason: 'A third of its lifetime remains',
      renewWindow: null,
    });
  });

  it('starts at once for a certificate that was revoked elsewhere', async () => {
    const id = await obtained('incident.example.com');
    await app.app.engine.sweep();
    const before = await stores().certificates.active(id);
    if (before === null) throw new Error('there is none');
    const answer = await app.call('POST', `/projects/${id}/certificate/revoke`, {
      body: { reason: 'superseded' },
    });
    expect(answer.status).toBe(200);
    // As if it had been revoked elsewhere: nothing here knows.
    await stores().certificates.update(before.id, {
      revokedAt: null,
      revocationReason: null,
      autoRenew: true,
    });
    await askAgain(id);
    await app.app.engine.sweep();
    await app.app.engine.sweep();
    await expect.poll(async () => (await stores().certificates.active(id))?.id).not.toBe(before.id);
  });

  it('is tried at the staging directory first after two failures', async () => {
    const id = await obtained('careful.example.com');
    await fail(id, 'CHALLENGE_FAILED');
    const orders = (ca: Pebble) => ca.requests().filter((request) => request.includes('order-plz')).length;
    const [before, rehearsed] = [orders(pebble), orders(staging)];
    // The staging Pebble validates at its own port, where nothing answers: the validation fails there.
    const refused = await renew(id);
    expect(refused.body).toMatchObject({ code: 'CHALLENGE_FAILED' });
    expect(String(refused.body.error)).toContain('staging directory first');
    expect(orders(staging)).toBe(rehearsed + 1);
    expect(orders(pebble)).toBe(before);
    expect(await status(id)).toMatchObject({ renewFailures: 3 });
  });

  it('uses the fallback CA while the default CA fails, and returns afterwards', async () => {
    const id = await obtained('fallen.example.com');
    const settings = { renewals: { fallbackCa: fallback.directoryUrl } };
    expect((await app.call('PATCH', '/settings', { body: settings })).status).toBe(200);
    await fail(id, 'ACME_UNAVAILABLE');
    const orders = (ca: Pebble) => ca.requests().filter((request) => request.includes('order-plz')).length;
    const before = orders(pebble);
    const answer = await renew(id);
    expect(answer.status, answer.text).toBe(200);
    expect(orders(fallback)).toBe(1);
    expect(orders(pebble)).toBe(before);
    const details = (await app.call('GET', `/projects/${id}/certificate/details`)).body;
    expect(JSON.stringify(details)).toContain(fallback.directoryUrl);
    expect((await renew(id)).status).toBe(200);
    expect(orders(pebble)).toBe(before + 1);
    expect((await stores().certificates.active(id))?.spec).toMatchObject({ ca: 'letsencrypt' });
  });

  it('is deferred until a change if only a user can help', async () => {
    const id = await obtained('waiting.example.com');
    const certificate = await stores().certificates.active(id);
    if (certificate === null) throw new Error('there is none');
    const waitsFor = 'Action needed: the domain name no longer exists.';
    await stores().certificates.update(certificate.id, { renewal: { ...certificate.renewal, waitsFor } });
    expect(await status(id)).toMatchObject({ nextAttemptAt: null, waitsFor, nextAttemptReason: waitsFor });
    await app.call('PATCH', `/projects/${id}`, { body: { name: 'fixed' } });
    expect((await status(id)).waitsFor).toBeNull();
  });

  it('repeats the first answer of a repeated request, whatever was removed or cleared meanwhile', async () => {
    const id = await app.project('again.example.com');
    const path = `/projects/${id}/certificate`;
    const repeat = (what: string, body: object) =>
      app.call('POST', `${path}/${what}`, { body, headers: { 'Idempotency-Key': `${id}-${what}` } });
    const first = await repeat('obtain', HTTP_01);
    const revoked = await repeat('revoke', { reason: 'superseded' });
    expect([first.status, revoked.status]).toEqual([200, 200]);
    expect((await app.call('DELETE', path)).status).toBe(200);
    expect((await app.call('PATCH', `/projects/${id}`, { body: { domain: null } })).status).toBe(200);
    expect((await repeat('obtain', HTTP_01)).body).toEqual(first.body);
    expect((await repeat('revoke', { reason: 'superseded' })).body).toEqual(revoked.body);
    expect((await repeat('obtain', { ...HTTP_01, autoRenew: false })).body.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  it('can be paused by an operation, which the overview shows', async () => {
    const until = '2099-01-01T00:00:00Z';
    expect((await app.call('POST', '/renewals/pause', { body: { until } })).body).toMatchObject({
      renewals: { pausedUntil: until },
    });
    expect((await app.call('GET', '/overview')).body.engine).toMatchObject({ pausedUntil: until });
    await app.call('POST', '/renewals/pause', { body: { until: null } });
    expect((await app.call('GET', '/overview')).body.engine).toMatchObject({ pausedUntil: null });
    expect((await app.call('GET', '/renewals/budget')).status).toBe(200);
  });

  async function fail(id: string, lastErrorCode: string): Promise<void> {
    const certificate = await stores().certificates.active(id);
    if (certificate === null) throw new Error('there is none');
    const renewal = { ...certificate.renewal, failures: 2, lastErrorCode };
    await stores().certificates.update(certificate.id, { renewal });
  }

  /** As if the time had come. */
  async function askAgain(id: string): Promise<void> {
    const certificate = await stores().certificates.active(id);
    const ari = certificate?.renewal.ari;
    if (certificate === null || ari == null) throw new Error('the CA was not asked yet');
    const renewal = { ...certificate.renewal, ari: { ...ari, checkAt: '2026-01-01T00:00:00Z' } };
    await stores().certificates.update(certificate.id, { renewal });
  }
});
