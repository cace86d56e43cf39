// Sweeps with a clock that the test moves and a probe whose answers it decides: alarms, recovery, unknown networks,
// rollouts, two key types.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findServed } from '../../../src/main/engine/endpoints/served.ts';
import { createOverview, findNeeds } from '../../../src/main/engine/overview/overview.ts';
import { createTestPki, daysAhead, type TestPki } from '../../support/endpoints/chains.ts';
import {
  createEndpointWorld,
  type EndpointWorld,
  type EndpointWorldOptions,
} from '../../support/endpoints/endpoint-world.ts';
import { memorySecrets } from '../../support/engine/memory-secrets.ts';
import { type CertifiedKey, createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';
import { describeWith } from '../../support/tools/tools.ts';

const HOST = 'mail.example.com';
const ADDRESSES = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;
const SMTP = { host: HOST, protocol: 'smtp', projectIds: ['p1'] };

describeWith('openssl', 'sweeps of endpoints', () => {
  let openssl: OpenSsl;
  let pki: TestPki;
  let old: readonly CertifiedKey[];
  let current: readonly CertifiedKey[];
  let rsa: readonly CertifiedKey[];
  let world: EndpointWorld;
  let hosts: EndpointWorldOptions['hosts'];
  let rolling: () => boolean | Promise<boolean>;

  const chainOf = async (options: Parameters<TestPki['issueLeaf']>[0] = {}) => [
    await pki.issueLeaf(options),
    pki.lower,
    pki.upper,
  ];
  const served = async (projectId = 'p1') =>
    (await findServed(world.stores, [projectId])).get(projectId)?.state;
  const present = (chain: readonly CertifiedKey[], addresses: readonly string[] = ADDRESSES) => {
    for (const address of addresses) world.presents.set(address, chain);
  };

  const overview = () =>
    createOverview({
      stores: world.stores,
      clock: world.clock,
      secrets: memorySecrets(),
      scheduler: { nextAt: () => null },
      https: { state: () => null },
      backup: async () => null,
      queue: () => ({ running: 0, queued: 0 }),
    });

  beforeAll(async () => {
    openssl = await createOpenSsl();
    pki = await createTestPki(openssl);
    [old, current, rsa] = await Promise.all([chainOf(), chainOf(), chainOf({ key: 'rsa-2048' })]);
  });
  afterAll(() => openssl?.remove());

  beforeEach(async () => {
    rolling = () => false;
    hosts = new Map([[HOST, ADDRESSES]]);
    world = createEndpointWorld({
      roots: [pki.root.certificate],
      hosts,
      isRollingOut: () => rolling(),
      service: 'Postfix',
    });
    await world.createProject('p1', HOST);
    await world.activate('p1', old);
    world.pass(1);
  });
  afterEach(() => world?.close());

  it('says after a renewal which addresses still present the old certificate, and when it is over', async () => {
    const { id } = await world.create(SMTP);
    present(old);
    await world.sweepAfter(0);
    expect(await world.get(id)).toMatchObject({ state: 'ok', findings: [], sentence: null });
    expect(await served()).toBe('current');

    world.pass(60);
    await world.activate('p1', current);
    expect(await served()).toBe('unknown'); // the last check knew another certificate
    present(current, ['192.0.2.1']);
    await world.sweepAfter(1);
    expect(await served()).toBe('partly');
    expect((await world.get(id)).alarmedAt).toBeNull(); // within the time of an installation by a timer
    await world.sweepAfter(65);
    await world.sweepAfter(15);
    const endpoint = await world.get(id);
    expect(endpoint).toMatchObject({
      state: 'problem',
      findings: expect.arrayContaining(['served-old']),
      sentence:
        'mail.example.com:25 still presents the old certificate on 2 of 3 addresses. Restart Postfix there.',
      alarmedAt: expect.any(String),
    });
    expect(endpoint.reports.map(({ address, match }) => [address, match])).toEqual([
      ['192.0.2.1', 'current'],
      ['192.0.2.2', 'previous'],
      ['192.0.2.3', 'previous'],
    ]);

    present(current);
    await world.sweepAfter(70);
    expect(await world.get(id)).toMatchObject({ state: 'ok', sentence: null, alarmedAt: null });
    expect(await served()).toBe('current');
    const kinds = await world.kinds();
    expect(kinds.filter((kind) => kind === 'endpoint.problem')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'endpoint.recovered')).toHaveLength(1);
  });

  it('checks again what became due during a check', async () => {
    const { id } = await world.create(SMTP);
    present(old);
    rolling = async () => {
      rolling = () => false;
      await world.activate('p1', current);
      present(current);
      return false;
    };
    const seen = async () => (await world.get(id)).reports.map(({ chain: [leaf] }) => leaf?.fingerprint);
    await world.sweepAfter(0);
    const before = await seen();
    expect(await served()).toBe('unknown'); // the check judged by the certificate before
    await world.sweepAfter(0);
    expect(await seen()).not.toEqual(before);
    expect(await served()).toBe('current');
    const { checkedAt, nextCheckAt } = await world.get(id);
    expect(Date.parse(nextCheckAt)).toBeGreaterThan(Date.parse(checkedAt ?? ''));
  });

  it('raises an alarm only when a second check sees the problem', async () => {
    const { id } = await world.create(SMTP);
    await world.sweepAfter(0); // nothing listens
    expect(await world.get(id)).toMatchObject({
      state: 'problem',
      findings: ['unreachable'],
      alarmedAt: null,
    });
    present(old);
    await world.sweepAfter(15);
    expect(await world.get(id)).toMatchObject({ state: 'ok', alarmedAt: null });
    world.presents.clear();
    await world.sweepAfter(400);
    expect((await world.get(id)).alarmedAt).toBeNull();
    await world.sweepAfter(15);
    expect((await world.get(id)).alarmedAt).not.toBeNull();
    expect(await world.stores.endpoints.alarmed(null)).toMatchObject([{ id, alarms: ['not_served'] }]);
  });

  it('checks every six hours, give or take a tenth, and a new certificate at once', async () => {
    present(old);
    const { id } = await world.create(SMTP);
    await world.sweepAfter(0);
    const { checkedAt, nextCheckAt } = await world.get(id);
    const minutes = (Date.parse(nextCheckAt) - Date.parse(checkedAt ?? '')) / 60_000;
    expect(minutes).toBe(360); // the middle of the jitter, because random() is 0.5
    await world.sweepAfter(300);
    expect((await world.get(id)).checkedAt).toBe(checkedAt);
    await world.activate('p1', current);
    await world.sweepAfter(1);
    expect((await world.get(id)).checkedAt).not.toBe(checkedAt);
  });

  it('does not count checks while a deployment is running', async () => {
    present(old);
    const { id } = await world.create(SMTP);
    rolling = () => true;
    world.presents.set('192.0.2.2', 'refused');
    for (let n = 0; n < 5; n += 1) await world.sweepAfter(15);
    expect(await world.get(id)).toMatchObject({ state: 'problem', alarmedAt: null });
    rolling = () => false;
    await world.sweepAfter(15);
    await world.sweepAfter(15);
    expect((await world.get(id)).alarmedAt).not.toBeNull();
  });

  it('lists a project whose clients get the old certificate among what needs attention', async () => {
    present(old);
    const { id } = await world.create(SMTP);
    await world.activate('p1', current);
    await world.sweepAfter(65);
    await world.sweepAfter(15);
    const [need] = await findNeeds(world.stores, null, world.clock.now());
    expect(need).toMatchObject({ kind: 'not_served', severity: 'warning', projectId: 'p1' });
    const { attention, endpoints, health } = await overview().get(null);
    expect(attention.items).toMatchObject([
      {
        endpointId: id,
        cause: 'mail.example.com:25 still presents the old certificate. Restart Postfix there.',
        suggestedAction: 'inspect',
      },
    ]);
    expect(endpoints).toEqual({ total: 1, problems: 1, unknown: 0, monitored: [] });
    expect(health.state).toBe('attention');
    expect((await overview().get(['another'])).attention.items).toEqual([]);
  });

  it('says of a project whose renewal fails that its clients get the old certificate, too', async () => {
    present(old);
    await world.create(SMTP);
    await world.activate('p1', current);
    await world.sweepAfter(65);
    await world.sweepAfter(15);
    const active = await world.stores.certificates.active('p1');
    if (active === null) throw new Error('p1 has a certificate');
    const renewal = { ...active.renewal, failures: 2, lastError: 'The CA could not connect.' };
    await world.stores.certificates.update(active.id, { renewal });
    const { items, total } = (await overview().get(null)).attention;
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        kind: 'failing',
        furtherKinds: ['not_served'],
        endpointId: null,
        cause:
          'The last renewal failed. The CA could not connect. mail.example.com:25 still presents the old certificate. Restart Postfix there.',
      },
    ]);
    expect(items[0]?.severity).toBe('warning');
    for (const address of ADDRESSES) world.presents.set(address, 'refused');
    await world.sweepAfter(400);
    expect((await overview().get(null)).attention.items).toMatchObject([
      { kind: 'failing', severity: 'critical' }, // no client can connect
    ]);
  });

  it('reports a machine without network once, as unknown, and neither raises nor ends an alarm', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}.example.com`);
    for (const [n, host] of names.entries()) hosts.set(host, [`192.0.2.${10 + n}`]);
    const good = await chainOf({ san: names.map((name) => `DNS:${name}`) });
    for (const [n] of names.entries()) world.presents.set(`192.0.2.${10 + n}`, good);
    world.presents.set('192.0.2.13', 'refused');
    for (const host of names) await world.create({ host });
    await world.sweepAfter(0);
    await world.sweepAfter(15);
    expect(await world.stores.endpoints.alarmed(null)).toHaveLength(1);

    for (const [n] of names.entries()) world.presents.set(`192.0.2.${10 + n}`, 'timed-out');
    for (let n = 0; n < 4; n += 1) await world.sweepAfter(400);
    expect(await world.stores.endpoints.alarmed(null)).toHaveLength(1);
    const { counts } = await world.endpoints.list({ limit: 10 }, null);
    expect(counts.unknown).toBeGreaterThanOrEqual(3);
    expect(await world.stores.endpoints.countUnknown(null)).toBeGreaterThanOrEqual(3);

    for (const [n] of names.entries()) world.presents.set(`192.0.2.${10 + n}`, good);
    await world.sweepAfter(400);
    expect((await world.endpoints.list({ limit: 10 }, null)).counts).toMatchObject({ ok: 4 });
    expect(await world.stores.endpoints.alarmed(null)).toEqual([]);
  });

  it('does not call a network gone while another endpoint answers', async () => {
    const names = ['a', 'b', 'c'].map((name) => `${name}.example.com`);
    for (const [n, host] of names.entries()) hosts.set(host, [`192.0.2.${10 + n}`]);
    present(old);
    await world.create(SMTP);
    await world.sweepAfter(0);
    for (const [n, host] of names.entries()) {
      world.presents.set(`192.0.2.${10 + n}`, 'timed-out');
      await world.create({ host });
    }
    await world.sweepAfter(1);
    await world.sweepAfter(15);
    expect(await world.stores.endpoints.alarmed(null)).toHaveLength(3);
  });

  it('ignores addresses that this machine has no route to, as long as another is fine', async () => {
    hosts.set(HOST, ['192.0.2.1', '2001:db8::1']);
    present(old, ['192.0.2.1']);
    world.presents.set('2001:db8::1', 'no-route');
    const { id } = await world.create(SMTP);
    await world.sweepAfter(0);
    expect(await world.get(id)).toMatchObject({ state: 'ok', findings: ['unknown'] });
    expect(await served()).toBe('current');
  });

  it('makes one handshake for each key type of its projects, and accepts either certificate', async () => {
    await world.createProject('p2', HOST);
    await world.activate('p2', rsa);
    world.presents.set('192.0.2.1 ec', old);
    world.presents.set('192.0.2.1 rsa', rsa);
    const { id } = await world.create({ ...SMTP, projectIds: ['p1', 'p2'], addresses: ['192.0.2.1'] });
    await world.sweepAfter(0);
    expect(world.probed.map(({ keyType }) => keyType).toSorted()).toEqual(['ec', 'rsa']);
    expect(await world.get(id)).toMatchObject({ state: 'ok', findings: [] });
    expect([await served('p1'), await served('p2')]).toEqual(['current', 'current']);

    world.presents.set('192.0.2.1 rsa', 'handshake-failed');
    await world.sweepAfter(400);
    const { reports, state } = await world.get(id);
    expect(state).toBe('problem');
    expect(reports.flatMap(({ findings }) => findings.map(({ message }) => message))).toEqual([
      "The server does not present an RSA certificate, which the endpoint's projects have.",
    ]);
  });

  it('expects nothing of a CDN that presents its own certificate, but that it is valid', async () => {
    present(current);
    const { id } = await world.create({ ...SMTP, expected: 'any' });
    await world.sweepAfter(0);
    expect(await world.get(id)).toMatchObject({ state: 'ok', findings: [], unmanaged: { names: [HOST] } });
    expect(await served()).toBeUndefined();
    present([(await chainOf({ notAfter: daysAhead(-1) }))[0] as CertifiedKey, pki.lower, pki.upper]);
    await world.sweepAfter(400);
    await world.sweepAfter(15);
    expect(await world.stores.endpoints.alarmed(null)).toMatchObject([{ alarms: ['endpoint_expiring'] }]);
  });

  it('shows an endpoint whose check fails inside Certdesk as unknown, with the reason, and checks the others', async () => {
    hosts.set('other.example.com', ['192.0.2.9']);
    present(old);
    const { id } = await world.create(SMTP);
    await world.sweepAfter(0);
    const other = await world.create({ host: 'other.example.com' });
    world.presents.set('192.0.2.2', new TypeError('a bug'));
    await world.sweepAfter(400);
    const failed = await world.get(id);
    const reason = 'The check failed (TypeError: a bug).';
    expect(failed).toMatchObject({
      state: 'unknown',
      findings: ['check-failed'],
      sentence: `Certdesk does not know what mail.example.com:25 presents. ${reason} Check again. If it fails again, report the error.`,
      alarmedAt: null,
      reports: [],
    });
    expect(Date.parse(failed.nextCheckAt) - Date.parse(failed.checkedAt ?? '')).toBe(10 * 60_000);
    expect(await served()).toBe('unknown');
    expect((await world.get(other.id)).state).toBe('problem');
    present(old);
    await world.sweepAfter(15);
    expect(await world.get(id)).toMatchObject({ state: 'ok', findings: [], sentence: null });
    expect(await served()).toBe('current');
  });

  it('keeps an alarm while the check fails inside Certdesk', async () => {
    const { id } = await world.create(SMTP);
    await world.sweepAfter(0);
    await world.sweepAfter(15);
    const { alarmedAt } = await world.get(id);
    expect(alarmedAt).not.toBeNull();
    for (const address of ADDRESSES) world.presents.set(address, new Error('a bug'));
    await world.sweepAfter(70);
    expect(await world.get(id)).toMatchObject({ state: 'unknown', alarmedAt });
  });

  it('keeps the result of a check away from an endpoint that was changed meanwhile', async () => {
    present(old);
    const { id } = await world.create(SMTP);
    const stale = await world.stores.endpoints.get(id);
    world.pass(1);
    await world.endpoints.update(id, { host: 'other.example.com', serverName: 'other.example.com' });
    if (stale === null) throw new Error('the endpoint exists');
    await world.checker.check(stale, new AbortController().signal);
    expect(await world.get(id)).toMatchObject({ host: 'other.example.com', state: 'new', reports: [] });
  });
});
