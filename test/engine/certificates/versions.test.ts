import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAcknowledgements } from '../../../src/main/engine/certificates/acknowledge.ts';
import { createHistory, type History } from '../../../src/main/engine/certificates/versions.ts';
import type { CertificateRecord } from '../../../src/main/engine/core/model.ts';
import { NOT_CHECKED } from '../../../src/main/engine/core/model-endpoint.ts';
import { EARLIER_VERSION } from '../../../src/main/engine/outgoing/saved-by.ts';
import {
  CertificateDetailsSchema,
  CertificateVersionSchema,
  ChainLinkSchema,
} from '../../../src/shared/certificate-history.ts';
import { daysFromNow, makeChain, NOW, type TestChain } from '../../support/engine/certificates.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { DEPLOYMENT } from '../../support/engine/many-deployments.ts';
import { CERTIFICATE, JOB, PROJECT, SPEC } from '../../support/engine/records.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

let openssl: OpenSsl;
let made: TestChain;
let database: TestDatabase;
let history: History;
let now: Date;

beforeAll(async () => {
  openssl = await createOpenSsl();
  made = await makeChain(openssl);
});
afterAll(() => openssl?.remove());

beforeEach(async () => {
  database = openTestDatabase();
  now = NOW;
  const clock = { now: () => now };
  history = createHistory({ stores: database.stores, journal: database.journal(clock), clock });
  await database.stores.projects.create(PROJECT);
  await database.stores.projects.create({ ...PROJECT, id: 'other' });
});
afterEach(() => database?.close());

const at = (days: number) => `${daysFromNow(days).toISOString().slice(0, 19)}Z`;
const activate = (more: Partial<CertificateRecord>) =>
  database.stores.certificates.activate({ ...CERTIFICATE, ...more });

describe('the list of versions', () => {
  it('is complete, newest first, with the state of each, and without keys', async () => {
    await activate({ id: 'c1', storedAt: at(-90) });
    await activate({ id: 'c2', storedAt: at(-60) });
    await database.stores.certificates.update('c2', {
      removedAt: at(-29),
      revokedAt: at(-30),
      revocationReason: 'keyCompromise',
    });
    await activate({ id: 'c3', storedAt: at(-1), staging: true });
    const { versions, total } = await history.versions('p1', 100);
    expect(total).toBe(3);
    expect(versions.map(({ id, state }) => [id, state])).toEqual([
      ['c3', 'active'],
      ['c2', 'removed'],
      ['c1', 'superseded'],
    ]);
    expect(versions[1]).toMatchObject({
      removedAt: at(-29),
      restorableUntil: at(1),
      revokedAt: at(-30),
      revocationReason: 'keyCompromise',
    });
    expect(versions[2]).toMatchObject({ supersededAt: at(-60), restorableUntil: null });
    expect(versions.map((each) => CertificateVersionSchema.strict().parse(each))).toEqual(versions);
    expect((await history.versions('p1', 2)).versions.map(({ id }) => id)).toEqual(['c3', 'c2']);
    await expect(history.versions('nobody', 1)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });
});

describe('the chain', () => {
  it('is described certificate by certificate, as openssl reads it', async () => {
    const chain = made.leaf.certificate + made.intermediate.certificate + made.root.certificate;
    await activate({ chain });
    const links = await history.chain('p1');
    expect(links.map((link) => ChainLinkSchema.parse(link))).toEqual(links);
    expect(links.map(({ commonName, isCa, selfSigned }) => [commonName, isCa, selfSigned])).toEqual([
      ['api.example.com', false, false],
      ['Test Intermediate', true, false],
      ['Test Root', true, true],
    ]);
    for (const link of links) {
      const said = await openssl.run(['x509', '-noout', '-fingerprint', '-sha256', '-serial'], link.pem);
      expect(said.replaceAll(':', '')).toContain(link.fingerprint);
      const [, serial = ''] = /serial=(\w+)/.exec(said) ?? [];
      expect(BigInt(`0x${link.serial}`)).toBe(BigInt(`0x${serial}`)); // openssl leaves out the leading 00 of DER
    }
    expect(links[0]?.issuer).toBe(links[1]?.subject);
  });

  it('says of each certificate whether it is valid now', async () => {
    await activate({ chain: made.leaf.certificate });
    const validity = async (days: number) => {
      now = daysFromNow(days);
      return (await history.chain('p1'))[0]?.validity;
    };
    expect([await validity(-11), await validity(0), await validity(81)]).toEqual([
      'not_yet_valid',
      'valid',
      'expired',
    ]);
  });

  it('is available for older versions, and not for other projects', async () => {
    await activate({ id: 'c1', chain: made.leaf.certificate });
    await activate({ id: 'c2', chain: made.intermediate.certificate });
    expect((await history.chain('p1', 'c1'))[0]?.commonName).toBe('api.example.com');
    expect((await history.chain('p1'))[0]?.commonName).toBe('Test Intermediate');
    const missing = { code: 'CERTIFICATE_NOT_FOUND' };
    await expect(history.chain('other', 'c1')).rejects.toMatchObject(missing);
    await expect(history.chain('other')).rejects.toMatchObject(missing);
  });
});

describe('the details of a version', () => {
  it('say how it is obtained, with names and without secrets', async () => {
    const { stores } = database;
    expect(await history.details('p1')).toBeNull();
    await stores.dnsCredentials.create({
      projectIds: null,
      zones: null,
      id: 'd1',
      name: 'Our zone',
      provider: 'cloudflare',
      savedBy: EARLIER_VERSION,
      createdAt: at(0),
      updatedAt: at(0),
    });
    const keySealed = new Uint8Array([1]);
    await stores.accounts.create({
      id: 'a1',
      directoryUrl: 'https://ca/dir',
      email: 'me@example.com',
      url: 'https://ca/1',
      keySealed,
      createdAt: at(0),
    });
    const spec = {
      ...SPEC,
      challengeType: 'dns-01',
      dnsProvider: 'cloudflare',
      dnsCredentialId: 'd1',
    } as const;
    await activate({ spec, accountId: 'a1' });
    const details = await history.details('p1');
    expect(CertificateDetailsSchema.strict().parse(details)).toEqual(details);
    expect(details).toMatchObject({
      autoRenew: true,
      spec: {
        ca: { id: 'letsencrypt', name: "Let's Encrypt" },
        challengeType: 'dns-01',
        dnsProvider: { id: 'cloudflare', name: 'Cloudflare' },
        dnsCredential: { id: 'd1', name: 'Our zone' },
        keyType: 'ec',
        keySize: 256,
      },
      account: { url: 'https://ca/1', email: 'me@example.com', directoryUrl: 'https://ca/dir' },
    });
  });

  it('have no spec for an uploaded one, and the id of a provider that no longer exists', async () => {
    await activate({ id: 'c1', spec: { ...SPEC, ca: 'https://acme.example/dir', dnsProvider: 'gone' } });
    const { spec } = (await history.details('p1')) ?? {};
    expect(spec?.dnsProvider).toEqual({ id: 'gone', name: 'gone' });
    expect(spec?.ca.name).toBe('https://acme.example/dir');
    await activate({ id: 'c2', spec: null });
    expect(await history.details('p1')).toMatchObject({ spec: null, account: null });
  });
});

describe('a restore of a version', () => {
  const remove = (id: string, removedAt: string) => database.stores.certificates.update(id, { removedAt });

  it('restores the last removed one, or the one that is named', async () => {
    await activate({ id: 'c1', serial: '01' });
    await remove('c1', at(-20));
    await activate({ id: 'c2', serial: '02' });
    await remove('c2', at(-10));
    expect(await history.restore('p1')).toMatchObject({ serial: '02', autoRenew: true });
    expect((await database.stores.certificates.active('p1'))?.id).toBe('c2');
    const events = await database.stores.events.latest({ without: [], projectIds: ['p1'], limit: 9 });
    expect(events.map(({ kind }) => kind)).toEqual(['certificate.restored']);
    await remove('c2', at(-9));
    expect(await history.restore('p1', 'c1')).toMatchObject({ serial: '01' });
  });

  it('is refused if there is a certificate by now, or a job runs', async () => {
    await activate({ id: 'c1' });
    await remove('c1', at(-1));
    await database.stores.jobs.create({ ...JOB, id: 'j1' });
    await expect(history.restore('p1')).rejects.toMatchObject({
      code: 'OPERATION_IN_PROGRESS',
      details: { jobId: 'j1' },
    });
    await database.stores.jobs.update('j1', { state: 'failed' });
    await activate({ id: 'c2' });
    await expect(history.restore('p1')).rejects.toMatchObject({ code: 'PROJECT_HAS_CERTIFICATE' });
    expect((await database.stores.certificates.get('c1'))?.removedAt).toBe(at(-1));
  });

  it('is refused after 30 days, for superseded versions, and for other projects', async () => {
    const missing = { code: 'CERTIFICATE_NOT_FOUND' };
    await activate({ id: 'old' });
    await activate({ id: 'c1' });
    await expect(history.restore('other', 'c1')).rejects.toMatchObject(missing);
    await remove('old', at(-1));
    await remove('c1', at(-30));
    await expect(history.restore('p1')).rejects.toMatchObject(missing);
    await expect(history.restore('p1', 'old')).rejects.toMatchObject(missing);
    await expect(history.restore('p1', 'nobody')).rejects.toMatchObject(missing);
    await expect(history.restore('nobody')).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    now = daysFromNow(-0.01);
    expect(await history.restore('p1', 'c1')).toMatchObject({ domain: CERTIFICATE.domain });
  });
});

describe('a certificate for servers only', () => {
  const details = async (usage: string) => {
    const { certificate: chain } = await openssl.issue({
      subject: '/CN=shop.example.com',
      notBefore: NOW,
      extensions: [`extendedKeyUsage=${usage}`],
    });
    const id = randomUUID();
    await activate({ id, fingerprint: id, chain });
    return (await history.details('p1'))?.clientAuth;
  };

  it('has a warning for each service that presents it as a client', async () => {
    expect(await details('serverAuth')).toEqual({ permitted: false, warnings: [], acknowledgement: null });
    await database.stores.deployments.create({ ...DEPLOYMENT, recipe: 'nginx' });
    await database.stores.deployments.create({ ...DEPLOYMENT, id: 'd2', recipe: 'postfix' });
    await database.stores.endpoints.create({
      id: 'e1',
      projectIds: ['p1'],
      host: 'chat.example.com',
      port: 5222,
      protocol: 'xmpp-client',
      serverName: null,
      addresses: null,
      trust: null,
      expected: 'projects',
      intervalMinutes: 360,
      savedBy: { kind: 'window', id: null, name: 'Test' },
      createdAt: at(-1),
      updatedAt: at(-1),
      nextCheckAt: at(300),
      dueCount: 0,
      check: NOT_CHECKED,
    });
    expect(await details('serverAuth')).toEqual({
      permitted: false,
      warnings: [expect.stringContaining('Postfix'), expect.stringContaining('XMPP servers')],
      acknowledgement: null,
    });
    expect(await details('serverAuth,clientAuth')).toEqual({
      permitted: true,
      warnings: [],
      acknowledgement: null,
    });
  });

  it('warns no longer about services that a user acknowledged, until another one is added', async () => {
    const clock = { now: () => now };
    const acknowledgements = createAcknowledgements({ journal: database.journal(clock), clock });
    const { deployments } = database.stores;
    await details('serverAuth');
    await expect(acknowledgements.acknowledgeClientUse('p1', 'Fine', 'ops')).rejects.toThrow(
      expect.objectContaining({ code: 'NO_CLIENT_USE' }),
    );
    await deployments.create({ ...DEPLOYMENT, recipe: 'postfix' });
    await acknowledgements.acknowledgeClientUse('p1', 'It only receives mail', 'ops');
    const given = { at: at(0), by: 'ops', note: 'It only receives mail' };
    const postfix = expect.stringContaining('Postfix');
    const acknowledgement = { ...given, uses: [postfix] };
    expect(await details('serverAuth')).toEqual({ permitted: false, warnings: [], acknowledgement });
    await deployments.create({ ...DEPLOYMENT, id: 'd2', recipe: 'dovecot' });
    const both = [expect.stringContaining('Dovecot')];
    expect(await details('serverAuth')).toEqual({ permitted: false, warnings: both, acknowledgement });
    await acknowledgements.withdrawClientUse('p1');
    expect((await details('serverAuth'))?.warnings).toEqual([postfix, ...both]);
    const messages = await database.stores.events.latest({ without: [], projectIds: null, limit: 2 });
    expect(messages.map(({ message }) => message).toSorted()).toEqual([
      expect.stringMatching(/^Acknowledgement of the use of .* withdrawn$/),
      expect.stringMatching(/^Use of .* as a client acknowledged: It only receives mail$/),
    ]);
  });
});
