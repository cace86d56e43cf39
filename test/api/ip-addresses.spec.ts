// Certificates for IP addresses (RFC 8738) with a real CA: orders, validation at the address, lifetimes of 60 seconds.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

const OBTAIN = { challengeType: 'http-01', keyType: 'ec', profile: 'shortlived' };

describeWith('pebble', 'a certificate for an IP address', () => {
  let pebble: Pebble;
  let app: TestApp;
  let passed = 0;

  beforeAll(async () => {
    pebble = await startPebble({ profiles: { classic: 7_776_000, shortlived: 60 } });
    const clock = { now: () => new Date(Date.now() + passed) };
    app = await startApp({ pebble, platform: { clock } });
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  const obtain = (id: string, more: object = {}) =>
    app.call('POST', `/projects/${id}/certificate/obtain`, { body: { ...OBTAIN, ...more } });
  const download = (id: string) => app.call('GET', `/projects/${id}/certificate/download?format=pem`);

  it('is issued together with a host name, and renewed within a lifetime of 60 seconds', async () => {
    const id = await app.project('127.0.0.1', ['with-address.example.com']);
    const issued = await obtain(id);
    expect(issued.status, issued.text).toBe(200);
    const { subjectAltName, serialNumber } = new X509Certificate((await download(id)).text);
    expect(subjectAltName?.split(', ').toSorted()).toEqual([
      'DNS:with-address.example.com',
      'IP Address:127.0.0.1',
    ]);
    const { body } = await app.call('GET', `/projects/${id}/certificate/status`);
    const left = Date.parse(String(body.expiresAt)) - Date.parse(String(body.renewAt));
    expect(left).toBeGreaterThanOrEqual(25_000); // half of the lifetime, and up to a fiftieth earlier
    expect(left).toBeLessThanOrEqual(35_000);
    passed += 45_000;
    await app.app.engine.sweep();
    await expect.poll(() => app.app.engine.counts()).toEqual({ running: 0, queued: 0 });
    const renewed = new X509Certificate((await download(id)).text);
    expect(renewed.serialNumber).not.toBe(serialNumber);
    expect(renewed.checkIP('127.0.0.1')).toBe('127.0.0.1');
  });

  it('has endpoints that are suggested like those of names', async () => {
    const id = await app.project('2001:0db8::1', ['192.0.2.1', '*.example.com']);
    const { body } = await app.call('GET', `/endpoints/suggestions?project=${id}`);
    const suggested = (body.suggestions as unknown as { host: string }[]).map(({ host }) => host);
    expect(suggested).toEqual(['2001:db8::1', '192.0.2.1', 'example.com']);
  });

  it('is validated at exactly that address, with the CA’s reason if it cannot connect', async () => {
    const id = await app.project('0:0::1');
    const failed = await obtain(id);
    expect(failed.body, failed.text).toMatchObject({
      code: 'CHALLENGE_FAILED',
      details: { failures: [{ name: '::1', problem: { detail: expect.stringContaining('[::1]') } }] },
    });
    const { body } = await app.call('GET', `/jobs?project=${id}`);
    const { text } = await app.call('GET', `/jobs/${(body.jobs as unknown as { id: string }[])[0]?.id}`);
    expect(text).toContain('http://[::1]/.well-known/acme-challenge/');
  });

  it('is never requested with DNS-01', async () => {
    const id = await app.project('127.0.0.1');
    const refused = await obtain(id, { challengeType: 'dns-01', dnsProvider: 'manual' });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toContain('dns-01 cannot validate an IP address (127.0.0.1)');
  });

  it('has an address that the reachability test asks without DNS', async () => {
    const id = await app.project('127.0.0.1');
    const { body } = await app.call('POST', `/projects/${id}/reachability`, { body: {} });
    expect(body).toMatchObject({
      names: [{ name: '127.0.0.1', addresses: [{ address: '127.0.0.1', finding: 'private' }] }],
    });
  });
});
