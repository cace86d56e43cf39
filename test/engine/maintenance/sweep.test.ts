// One renewal check over all certificates: which renewals it starts, and the other maintenance.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { createSettings } from '../../../src/main/engine/settings/settings.ts';
import { makeCrl } from '../../support/engine/crl.ts';
import { CERTIFICATE, JOB, SPEC } from '../../support/engine/records.ts';
import { HOUR_MS, LETS_ENCRYPT, useSweep } from '../../support/engine/sweep-rig.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const rig = useSweep();
const { clock, hours, add, runSweep, finish } = rig;

/** Of a job that failed for the network. */
async function keepOrder(projectId: string): Promise<void> {
  const error = new CertdeskError('ACME_TIMEOUT').toBody();
  await rig.database.stores.jobs.create({ ...JOB, id: 'failed', projectId, state: 'failed', error });
  await rig.database.stores.orders.put({
    jobId: 'failed',
    accountId: 'a',
    directoryUrl: LETS_ENCRYPT,
    keySealed: new Uint8Array([1]),
    csr: 'the CSR',
    url: 'https://ca.example/order/1',
    challenges: [],
    updatedAt: hours(0),
    finalizedAt: null,
    asCreated: null,
    spec: null,
  });
}

describe('a due renewal', () => {
  it('is started, soonest expiry first, and others are left', async () => {
    await add('later', { expiresAt: '2026-04-02T00:00:00Z' });
    await add('sooner', { expiresAt: '2026-03-20T00:00:00Z' });
    await add('fresh', { issuedAt: '2026-03-09T00:00:00Z', expiresAt: '2026-06-07T00:00:00Z' });
    expect(await runSweep()).toEqual({ begun: 2, more: false, error: null });
    expect(rig.begun).toEqual(['sooner', 'later']);
  });

  it('is started ten at a time, and the rest as jobs end', async () => {
    for (let n = 0; n < 25; n += 1) await add(`host-${n}`);
    expect(await runSweep()).toMatchObject({ begun: 10, more: true });
    expect(await runSweep()).toMatchObject({ begun: 0, more: true });
    await finish();
    expect(await runSweep()).toMatchObject({ begun: 10, more: true });
    await finish();
    expect(await runSweep()).toMatchObject({ begun: 5, more: false });
    expect(new Set(rig.begun).size).toBe(25);
  });

  it('is started with the concurrency of the settings', async () => {
    await createSettings(rig.database.stores, rig.database.journal(clock), LOOPBACK_POLICY).update({
      renewals: { concurrency: 2 },
    });
    for (let n = 0; n < 5; n += 1) await add(`host-${n}`);
    expect(await runSweep()).toMatchObject({ begun: 2, more: true });
    expect(rig.concurrencies).toEqual([2]); // the queue of jobs is informed; otherwise 50 would run ten at a time
  });

  it('never validates a name twice at once: the second job of a name waits, its wildcard too', async () => {
    await add('one', { spec: { ...SPEC, names: ['same.example.com'] } });
    await add('two', { spec: { ...SPEC, names: ['other.example.com', '*.same.example.com'] } });
    expect(await runSweep()).toMatchObject({ begun: 1, more: true });
    await finish();
    expect(await runSweep()).toMatchObject({ begun: 1, more: false });
  });

  it('waits while renewals are paused, and no longer', async () => {
    await add('one');
    const settings = createSettings(rig.database.stores, rig.database.journal(clock), LOOPBACK_POLICY);
    await settings.update({ renewals: { pausedUntil: hours(5) } });
    expect(await runSweep()).toMatchObject({ begun: 0, more: false });
    rig.now = new Date(rig.now.getTime() + 5 * HOUR_MS);
    expect(await runSweep()).toMatchObject({ begun: 1 });
  });

  it('after weeks of sleep is started in the first run', async () => {
    await add('slept', { issuedAt: '2026-03-09T00:00:00Z', expiresAt: '2026-06-07T00:00:00Z' });
    expect((await runSweep()).begun).toBe(0);
    rig.now = new Date('2026-06-06T23:00:00Z');
    expect((await runSweep()).begun).toBe(1);
  });

  it('is started whatever else fails, and the failure is reported', async () => {
    await add('one');
    rig.leftoversFail = true;
    const { begun: count, error } = await runSweep();
    expect(count).toBe(1);
    expect(String(error)).toContain('the leftovers');
  });
});

describe('other maintenance', () => {
  let openssl: OpenSsl;
  let chain: string;
  beforeAll(async () => {
    openssl = await createOpenSsl();
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = ['authorityKeyIdentifier=keyid'];
    chain = (await openssl.issue({ ca, subject: '/CN=a', extensions })).certificate;
  });
  afterAll(() => openssl?.remove());

  it('asks an unreachable CA about one certificate, not about all', async () => {
    for (let n = 0; n < 20; n += 1) await add(`host-${n}`, { chain });
    rig.renewalInfo = () => Promise.reject(new CertdeskError('ACME_UNAVAILABLE'));
    await runSweep();
    expect(rig.asked).toBe(5); // those that ran at the same time
    rig.renewalInfo = async () => null;
    rig.now = new Date(rig.now.getTime() + 3 * 60_000);
    await runSweep();
    expect(rig.asked).toBe(25);
  });

  it('notices a revocation by the CA within a day, and renews in the next run', async () => {
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = [
      'crlDistributionPoints = URI:http://crl.example/1.crl',
      'authorityKeyIdentifier=keyid',
    ];
    const leaf = await openssl.issue({ ca, subject: '/CN=a', extensions, serial: '87654321' });
    rig.now = new Date();
    const validity = { issuedAt: hours(-24), expiresAt: hours(89 * 24) };
    await add('one', { chain: leaf.certificate + ca.certificate, ...validity });
    await add('two', { chain: leaf.certificate + ca.certificate, ...validity });
    let fetched = 0;
    let crl = await makeCrl(openssl, { ca });
    rig.fetchCrl = async () => {
      fetched += 1;
      return crl;
    };
    await runSweep();
    expect(fetched).toBe(1); // both are on the same list
    crl = await makeCrl(openssl, { ca, revoked: { '87654321': 'keyCompromise' } });
    rig.now = new Date(rig.now.getTime() + 22 * HOUR_MS);
    await runSweep();
    expect(fetched).toBe(1);
    await keepOrder('one');
    rig.now = new Date(rig.now.getTime() + 2 * HOUR_MS);
    await runSweep();
    expect(await rig.database.stores.certificates.get('c-one')).toMatchObject({
      revokedAt: '2026-03-01T12:00:00Z',
      revocationReason: 'keyCompromise',
    });
    expect(await rig.database.stores.orders.all()).toEqual([]); // its key is from before the leak
    expect(rig.begun).toEqual([]);
    await runSweep();
    expect(rig.begun.toSorted()).toEqual(['one', 'two']);
    const events = await rig.database.stores.events.list({ limit: 20 });
    expect(events.filter(({ kind }) => kind === 'certificate.revoked')).toHaveLength(2);
  });

  it('changes nothing if a CRL cannot be fetched, and retries after some hours', async () => {
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = ['crlDistributionPoints = URI:http://crl.example/1.crl'];
    const leaf = await openssl.issue({ ca, subject: '/CN=a', extensions });
    await add('one', { chain: leaf.certificate + ca.certificate, issuedAt: '2026-03-09T00:00:00Z' });
    let fetched = 0;
    rig.fetchCrl = () => {
      fetched += 1;
      return Promise.reject(new CertdeskError('ACME_UNAVAILABLE'));
    };
    expect((await runSweep()).error).toBeNull();
    expect((await rig.database.stores.certificates.get('c-one'))?.revokedAt).toBeNull();
    rig.now = new Date(rig.now.getTime() + 7 * HOUR_MS);
    await runSweep();
    expect(fetched).toBe(2);
  });

  it('deletes old versions 30 days after expiry, with an audit entry, but never the active one', async () => {
    await add('one', { expiresAt: '2026-02-10T00:00:00Z' });
    await rig.database.stores.certificates.activate({ ...CERTIFICATE, id: 'new', projectId: 'one' });
    const versions = async () =>
      (await rig.database.stores.certificates.versions('one', 9)).items.map(({ id }) => id);
    rig.now = new Date('2026-03-12T00:00:00Z');
    await runSweep();
    expect(await versions()).toEqual(['new', 'c-one']);
    rig.now = new Date('2026-03-12T00:00:01Z');
    await runSweep();
    expect(await versions()).toEqual(['new']);
    const [entry] = await rig.database.stores.audit.list({ before: null, limit: 1 });
    expect(entry?.operation).toBe('certificates.purge');
  });
});
