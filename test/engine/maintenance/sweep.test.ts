// One renewal check over all certificates, with a test clock and a recorder in place of the issuance.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { CertificateRecord } from '../../../src/main/engine/core/model.ts';
import { sweep } from '../../../src/main/engine/maintenance/sweep.ts';
import { assessCertificate } from '../../../src/main/engine/overview/attention.ts';
import { createBudget } from '../../../src/main/engine/rate-limits/budget.ts';
import { exactSet } from '../../../src/main/engine/rate-limits/usage.ts';
import { createSettings } from '../../../src/main/engine/settings/settings.ts';
import { createAuditArchive } from '../../../src/main/storage/audit-archive.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { IN_THIS_THREAD } from '../../support/engine/background.ts';
import { makeCrl } from '../../support/engine/crl.ts';
import { openTestDatabase, QUIET, type TestDatabase } from '../../support/engine/database.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../../support/engine/records.ts';
import { LOOPBACK_POLICY } from '../../support/tools/network.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';
const HOUR_MS = 3_600_000;
const BEGIN = '2026-03-10T00:00:00Z';
let database: TestDatabase;
let now: Date;
let begun: string[];
let asked: number;
let leftoversFail: boolean;
let concurrencies: number[];
let fetchCrl: (url: string) => Promise<Buffer>;
let renewalInfo: AcmeClient['renewalInfo'];

const clock = { now: () => now };
const hours = (n: number) => toTimestamp(new Date(now.getTime() + n * HOUR_MS));
/** The start of `now`. */
const hours0 = (n: number) => toTimestamp(new Date(Date.parse(BEGIN) + n * HOUR_MS));

beforeEach(() => {
  database = openTestDatabase();
  now = new Date(BEGIN); // CERTIFICATE has been due since the 2nd
  begun = [];
  asked = 0;
  leftoversFail = false;
  concurrencies = [];
  fetchCrl = () => Promise.reject(new Error('no list is expected to be asked for'));
  renewalInfo = async () => null;
});
afterEach(() => database?.close());

async function add(id: string, more: Partial<CertificateRecord> = {}): Promise<void> {
  const domain = `${id}.example.com`;
  await database.stores.projects.create({ ...PROJECT, id, domain });
  const spec = { ...SPEC, names: [domain] };
  const certificate = {
    ...CERTIFICATE,
    id: `c-${id}`,
    projectId: id,
    domain,
    names: [domain],
    spec,
    ...more,
  };
  await database.stores.certificates.activate(certificate);
}

/** Of a job that failed for the network. */
async function keepOrder(projectId: string): Promise<void> {
  const error = new CertdeskError('ACME_TIMEOUT').toBody();
  await database.stores.jobs.create({ ...JOB, id: 'failed', projectId, state: 'failed', error });
  await database.stores.orders.put({
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

/** Jobs stay unfinished, like those of a slow CA, until `finish`. */
function runSweep() {
  const { stores } = database;
  return sweep(
    {
      stores,
      journal: database.journal(clock),
      clock,
      log: QUIET,
      background: IN_THIS_THREAD,
      auditArchive: createAuditArchive(database.folder),
      auditKeepDays: async () => null,
      sessions: { endOver: async () => undefined },
      setConcurrency: (concurrency) => void concurrencies.push(concurrency),
      directories: {},
      random: () => 0.5,
      fetchCrl: (url) => fetchCrl(url),
      budget: createBudget(stores, clock),
      acme: {
        renewalInfo: (options) => {
          asked += 1;
          return renewalInfo(options);
        },
      },
      issuance: {
        async startRenewal(projectId) {
          const certificate = await stores.certificates.active(projectId);
          if (certificate?.spec == null) throw new CertdeskError('CERTIFICATE_NOT_FOUND');
          const { spec, id: certificateId } = certificate;
          const input = { kind: 'renew', certificateId, spec, autoRenew: true, automatic: true } as const;
          await stores.jobs.create({ ...JOB, id: `j${begun.length}-${projectId}`, projectId, input });
          begun.push(projectId);
        },
      },
      async sweepLeftovers() {
        if (leftoversFail) throw new Error('the leftovers');
      },
    },
    new AbortController().signal,
  );
}

async function finish(): Promise<void> {
  for (const job of await database.stores.jobs.unfinished()) {
    await database.stores.jobs.update(job.id, { state: 'succeeded' });
    await database.stores.certificates.update(`c-${job.projectId}`, { autoRenew: false }); // done
  }
}

describe('a due renewal', () => {
  it('is started, soonest expiry first, and others are left', async () => {
    await add('later', { expiresAt: '2026-04-02T00:00:00Z' });
    await add('sooner', { expiresAt: '2026-03-20T00:00:00Z' });
    await add('fresh', { issuedAt: '2026-03-09T00:00:00Z', expiresAt: '2026-06-07T00:00:00Z' });
    expect(await runSweep()).toEqual({ begun: 2, more: false, error: null });
    expect(begun).toEqual(['sooner', 'later']);
  });

  it('is started ten at a time, and the rest as jobs end', async () => {
    for (let n = 0; n < 25; n += 1) await add(`host-${n}`);
    expect(await runSweep()).toMatchObject({ begun: 10, more: true });
    expect(await runSweep()).toMatchObject({ begun: 0, more: true });
    await finish();
    expect(await runSweep()).toMatchObject({ begun: 10, more: true });
    await finish();
    expect(await runSweep()).toMatchObject({ begun: 5, more: false });
    expect(new Set(begun).size).toBe(25);
  });

  it('is started with the concurrency of the settings', async () => {
    await createSettings(database.stores, database.journal(clock), LOOPBACK_POLICY).update({
      renewals: { concurrency: 2 },
    });
    for (let n = 0; n < 5; n += 1) await add(`host-${n}`);
    expect(await runSweep()).toMatchObject({ begun: 2, more: true });
    expect(concurrencies).toEqual([2]); // the queue of jobs is informed; otherwise 50 would run ten at a time
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
    const settings = createSettings(database.stores, database.journal(clock), LOOPBACK_POLICY);
    await settings.update({ renewals: { pausedUntil: hours(5) } });
    expect(await runSweep()).toMatchObject({ begun: 0, more: false });
    now = new Date(now.getTime() + 5 * HOUR_MS);
    expect(await runSweep()).toMatchObject({ begun: 1 });
  });

  it('after weeks of sleep is started in the first run', async () => {
    await add('slept', { issuedAt: '2026-03-09T00:00:00Z', expiresAt: '2026-06-07T00:00:00Z' });
    expect((await runSweep()).begun).toBe(0);
    now = new Date('2026-06-06T23:00:00Z');
    expect((await runSweep()).begun).toBe(1);
  });

  it('is started whatever else fails, and the failure is reported', async () => {
    await add('one');
    leftoversFail = true;
    const { begun: count, error } = await runSweep();
    expect(count).toBe(1);
    expect(String(error)).toContain('the leftovers');
  });
});

describe("the CA's limits", () => {
  const use = (kind: 'order' | 'exact-set' | 'failed-authorization', subject: string, times: string[]) =>
    database.stores.caUsage.note(times.map((at) => ({ at, directoryUrl: LETS_ENCRYPT, kind, subject })));
  const renewalOf = async (id: string) => (await database.stores.certificates.get(`c-${id}`))?.renewal;

  it('defer a renewal until there is room, once, with the limit named', async () => {
    await add('one');
    // 5 in 7 days, one of them in reserve.
    await use('exact-set', exactSet(['one.example.com']), [hours(-100), hours(-60), hours(-40), hours(-1)]);
    expect((await runSweep()).begun).toBe(0);
    expect(await renewalOf('one')).toMatchObject({ nextAttemptAt: hours(68), failures: 0 });
    expect((await renewalOf('one'))?.deferralReason).toContain(
      '5 certificates of the same names in 168 hours',
    );
    await runSweep();
    const events = await database.stores.events.list({ limit: 10 });
    expect(events.filter(({ kind }) => kind === 'certificate.renewal-deferred')).toHaveLength(1);
    now = new Date(now.getTime() + 68 * HOUR_MS);
    expect((await runSweep()).begun).toBe(1);
  });

  describe('with four of five certificates of the same names used', () => {
    const sixDays = { issuedAt: hours0(-73), expiresAt: hours0(71) };
    const used = [-73, -72, -71, -70].map(hours0);

    it('use the reserve once the wait would outlast the certificate', async () => {
      await add('one', sixDays);
      await use('exact-set', exactSet(['one.example.com']), used);
      expect((await runSweep()).begun).toBe(1);
    });

    it('keep the reserve if there is time to wait', async () => {
      await add('one');
      await use('exact-set', exactSet(['one.example.com']), used);
      expect((await runSweep()).begun).toBe(0);
      expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(95));
    });

    it('stop at the fifth one, and then a notification is sent', async () => {
      await add('one', sixDays);
      await use('exact-set', exactSet(['one.example.com']), [...used, hours0(-1)]);
      expect((await runSweep()).begun).toBe(0);
      expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(95));
      now = new Date(now.getTime() + 30 * HOUR_MS);
      const at = { now: hours(0), soon: hours(30 * 24) };
      const [listed] = await database.stores.overview.candidates(null, at);
      expect(listed && assessCertificate(listed, now, false)).toEqual({
        kind: 'unattended',
        severity: 'warning',
      });
    });
  });

  it('on failed validations apply even to an order that replaces in time, limits on orders to a late one only', async () => {
    const ari = {
      window: { start: '2026-03-01T00:00:00Z', end: hours(1) },
      renewAt: '2026-03-02T00:00:00Z',
      explanationUrl: null,
      checkedAt: '2026-03-09T00:00:00Z',
      checkAt: '2026-04-09T00:00:00Z',
      failures: 0,
      error: null,
    };
    await add('one', { renewal: { ...CERTIFICATE.renewal, ari } });
    await add('two', { renewal: { ...CERTIFICATE.renewal, ari } });
    const window = { ...ari.window, end: hours(0) };
    await add('late', { renewal: { ...CERTIFICATE.renewal, ari: { ...ari, window } } });
    for (const name of ['two', 'late']) {
      const set = exactSet([`${name}.example.com`]);
      await use('exact-set', set, [hours(-4), hours(-3), hours(-2), hours(-1), hours(-1)]);
    }
    await use('failed-authorization', 'one.example.com', [-0.9, -0.8, -0.7, -0.6].map(hours));
    await runSweep();
    expect(begun).toEqual(['two']); // it says what it replaces: limits on orders do not apply to it
    expect((await renewalOf('one'))?.nextAttemptAt).toBe(hours(0.1));
    expect((await renewalOf('late'))?.deferralReason).toContain('5 certificates of the same names');
  });

  it('on orders of an account defer a renewal before the last 60 of 300 in 3 hours are used', async () => {
    const account = { id: 'a', directoryUrl: LETS_ENCRYPT, email: null, url: 'https://ca.example/acct/1' };
    const record = { ...account, keySealed: new Uint8Array(), createdAt: hours(0) };
    await database.stores.accounts.create(record);
    await use(
      'order',
      'a',
      Array.from({ length: 239 }, () => hours(-1)),
    );
    const other = { accountId: 'a', names: ['another.example.com'] }; // its names have changed, so it counts as a new order
    await add('last', other);
    await add('over', { ...other, expiresAt: '2026-04-02T00:00:00Z' });
    await runSweep();
    expect(begun).toHaveLength(2);
    await use('order', 'a', [hours(0)]);
    await add('beyond', other);
    await runSweep();
    expect(begun).toHaveLength(2);
    await add('same', { accountId: 'a' });
    await runSweep();
    expect(begun).toEqual(['last', 'over', 'same']);
    expect((await renewalOf('beyond'))?.nextAttemptAt).toBe(hours(2));
  });

  it('do not apply to a CA that publishes none', async () => {
    await add('one', {
      spec: { ...SPEC, names: ['one.example.com'], ca: 'https://ca.example/directory' },
    });
    const directoryUrl = 'https://ca.example/directory';
    const subject = exactSet(['one.example.com']);
    const uses = [1, 2, 3, 4, 5, 6].map((n) => ({
      at: hours(-n),
      directoryUrl,
      kind: 'exact-set' as const,
      subject,
    }));
    await database.stores.caUsage.note(uses);
    expect((await runSweep()).begun).toBe(1);
  });

  it('are shown with what is used and what remains', async () => {
    await use('exact-set', 'a.example.com', [hours(-100), hours(-1)]);
    await use('exact-set', 'old.example.com', [hours(-169)]);
    const { limits } = await createBudget(database.stores, clock).get();
    expect(limits.find(({ kind }) => kind === 'exact-set')).toEqual({
      ca: 'letsencrypt',
      kind: 'exact-set',
      name: 'certificates of the same names',
      count: 5,
      hours: 168,
      uses: [{ subject: 'a.example.com', used: 2, left: 3, nextFreedAt: hours(68) }],
    });
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
    renewalInfo = () => Promise.reject(new CertdeskError('ACME_UNAVAILABLE'));
    await runSweep();
    expect(asked).toBe(5); // those that ran at the same time
    renewalInfo = async () => null;
    now = new Date(now.getTime() + 3 * 60_000);
    await runSweep();
    expect(asked).toBe(25);
  });

  it('notices a revocation by the CA within a day, and renews in the next run', async () => {
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = [
      'crlDistributionPoints = URI:http://crl.example/1.crl',
      'authorityKeyIdentifier=keyid',
    ];
    const leaf = await openssl.issue({ ca, subject: '/CN=a', extensions, serial: '87654321' });
    now = new Date();
    const validity = { issuedAt: hours(-24), expiresAt: hours(89 * 24) };
    await add('one', { chain: leaf.certificate + ca.certificate, ...validity });
    await add('two', { chain: leaf.certificate + ca.certificate, ...validity });
    let fetched = 0;
    let crl = await makeCrl(openssl, { ca });
    fetchCrl = async () => {
      fetched += 1;
      return crl;
    };
    await runSweep();
    expect(fetched).toBe(1); // both are on the same list
    crl = await makeCrl(openssl, { ca, revoked: { '87654321': 'keyCompromise' } });
    now = new Date(now.getTime() + 22 * HOUR_MS);
    await runSweep();
    expect(fetched).toBe(1);
    await keepOrder('one');
    now = new Date(now.getTime() + 2 * HOUR_MS);
    await runSweep();
    expect(await database.stores.certificates.get('c-one')).toMatchObject({
      revokedAt: '2026-03-01T12:00:00Z',
      revocationReason: 'keyCompromise',
    });
    expect(await database.stores.orders.all()).toEqual([]); // its key is from before the leak
    expect(begun).toEqual([]);
    await runSweep();
    expect(begun.toSorted()).toEqual(['one', 'two']);
    const events = await database.stores.events.list({ limit: 20 });
    expect(events.filter(({ kind }) => kind === 'certificate.revoked')).toHaveLength(2);
  });

  it('changes nothing if a CRL cannot be fetched, and retries after some hours', async () => {
    const ca = await openssl.createCa({ subject: '/CN=Root' });
    const extensions = ['crlDistributionPoints = URI:http://crl.example/1.crl'];
    const leaf = await openssl.issue({ ca, subject: '/CN=a', extensions });
    await add('one', { chain: leaf.certificate + ca.certificate, issuedAt: '2026-03-09T00:00:00Z' });
    let fetched = 0;
    fetchCrl = () => {
      fetched += 1;
      return Promise.reject(new CertdeskError('ACME_UNAVAILABLE'));
    };
    expect((await runSweep()).error).toBeNull();
    expect((await database.stores.certificates.get('c-one'))?.revokedAt).toBeNull();
    now = new Date(now.getTime() + 7 * HOUR_MS);
    await runSweep();
    expect(fetched).toBe(2);
  });

  it('deletes old versions 30 days after expiry, with an audit entry, but never the active one', async () => {
    await add('one', { expiresAt: '2026-02-10T00:00:00Z' });
    await database.stores.certificates.activate({ ...CERTIFICATE, id: 'new', projectId: 'one' });
    const versions = async () =>
      (await database.stores.certificates.versions('one', 9)).items.map(({ id }) => id);
    now = new Date('2026-03-12T00:00:00Z');
    await runSweep();
    expect(await versions()).toEqual(['new', 'c-one']);
    now = new Date('2026-03-12T00:00:01Z');
    await runSweep();
    expect(await versions()).toEqual(['new']);
    const [entry] = await database.stores.audit.list({ before: null, limit: 1 });
    expect(entry?.operation).toBe('certificates.purge');
  });
});
