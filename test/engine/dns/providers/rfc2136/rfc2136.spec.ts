// rfc2136 against a real BIND 9.
import dnsPacket from 'dns-packet';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../../../src/main/engine/core/model.ts';
import { waitForPropagation } from '../../../../../src/main/engine/dns/lookup/propagation.ts';
import { createDnsResolver, type DnsResolver } from '../../../../../src/main/engine/dns/lookup/resolver.ts';
import { exchangeUdp } from '../../../../../src/main/engine/dns/lookup/transport.ts';
import type { TxtRecord } from '../../../../../src/main/engine/dns/providers/provider.ts';
import { rfc2136 } from '../../../../../src/main/engine/dns/providers/rfc2136/rfc2136.ts';
import { type Bind, startBind } from '../../../../support/dns/bind.ts';
import type { BindKey } from '../../../../support/dns/bind-update.ts';
import { testDnsProviderRecords } from '../../../../support/dns/conformance.ts';
import { startNameServer } from '../../../../support/dns/name-server.ts';
import { openProvider } from '../../../../support/dns/provider-on-stand-in.ts';
import { openTestProvider, type TestProviderOptions } from '../../../../support/dns/test-provider.ts';
import { LOOPBACK_POLICY } from '../../../../support/tools/network.ts';

const signal = new AbortController().signal;
const NAME = '_acme-challenge.example.com';
const OTHER: BindKey = {
  name: 'other',
  algorithm: 'hmac-sha384',
  secret: Buffer.from('a secret of 48 octets, no more and also no less!').toString('base64'),
};
let bind: Bind;

beforeAll(async () => {
  bind = await startBind({
    keys: [OTHER],
    zones: [
      { name: 'example.com' },
      { name: 'closed.example', allow: ['certdesk-512'] },
      { name: 'sub.example.com' },
    ],
  });
});
afterAll(() => bind?.stop());
beforeEach(() => bind.update('example.com', NAME, []));

/** A server that receives everything and answers nothing, over UDP and TCP. */
const startMute = () => startNameServer(() => null);

const keyOf = (algorithm: string): BindKey => {
  const key = bind.keys.find((candidate) => candidate.algorithm === algorithm);
  if (key === undefined) throw new Error(`BIND has no key with ${algorithm}`);
  return key;
};
const open = (key: BindKey, options: TestProviderOptions & { server?: string } = {}) =>
  openTestProvider(
    rfc2136,
    {
      nameserver: options.server ?? bind.server,
      tsigKeyName: key.name,
      tsigSecret: key.secret,
      tsigAlgorithm: key.algorithm,
    },
    options,
  );
const record = (value: string, more: Partial<TxtRecord> = {}): TxtRecord => ({
  zone: { id: 'example.com', name: 'example.com' },
  name: NAME,
  value,
  ...more,
});
const zone = (name: string) => ({ zone: { id: name, name }, name: `_acme-challenge.${name}` });

testDnsProviderRecords({
  name: 'rfc2136',
  async setup() {
    const key = keyOf('hmac-sha512');
    const mute = await startMute();
    const bench = (server: string, more: { secret?: string; timeoutMs?: number } = {}) => {
      const { secret = key.secret, ...options } = more;
      const { name: tsigKeyName, algorithm: tsigAlgorithm } = key;
      const credentials = { nameserver: server, tsigKeyName, tsigSecret: secret, tsigAlgorithm };
      return openProvider('rfc2136', { endpoint: null, credentials, secrets: [secret], ...options });
    };
    const of = async (_: unknown, value: string) => record(value);
    return {
      name: NAME,
      open: ({ refused } = {}) =>
        bench(
          bind.server,
          refused ? { secret: Buffer.from('of a stranger, quite long').toString('base64') } : {},
        ),
      record: of,
      absent: async () => record('one', zone('elsewhere.example')),
      values: () => bind.lookup(NAME),
      put: async (value) => bind.update('example.com', NAME, [value]),
      silence: async (timeoutMs) => ({
        bench: await bench(mute.server, timeoutMs === undefined ? {} : { timeoutMs }),
        record: record('one'),
        isCalled: () => mute.questions.length > 0,
      }),
      close: () => mute.close(),
    };
  },
});

describe('records', () => {
  test.each(['hmac-sha256', 'hmac-sha512', 'hmac-sha384'])(
    'are added and removed with %s',
    async (algorithm) => {
      const { provider } = open(keyOf(algorithm));
      const ref = await provider.addTxt(record('one'), signal);
      expect(await bind.lookup(NAME)).toEqual(['one']);
      await provider.removeTxt(JSON.parse(JSON.stringify(ref)), signal);
      expect(await bind.lookup(NAME)).toEqual([]);
    },
  );

  test('keep the TTL of the existing RRset', async () => {
    const ttls = async () => {
      const reply = await createDnsResolver({ servers: [bind.server], timeoutMs: 20_000 }).resolve(
        { name: NAME, type: 'TXT' },
        signal,
      );
      return reply.answers.map(({ ttl }) => ttl);
    };
    const { provider } = open(keyOf('hmac-sha256'));
    const ref = await provider.addTxt(record('one'), signal);
    expect(await ttls()).toEqual([60]);
    await provider.removeTxt(ref, signal);
    await bind.update('example.com', NAME, ['foreign']);
    const [before] = await ttls();
    await provider.addTxt(record('one'), signal);
    expect(await ttls()).toEqual([before, before]);
    expect(before).not.toBe(60);
  });

  test('may be long', async () => {
    const { provider } = open(keyOf('hmac-sha256'));
    await provider.addTxt(record('x'.repeat(600)), signal);
    expect(await bind.lookup(NAME)).toEqual(['x'.repeat(600)]);
  });

  test('go into the sub-zone that they belong to', async () => {
    const { provider } = open(keyOf('hmac-sha256'));
    const ref = await provider.addTxt(record('one', zone('sub.example.com')), signal);
    expect(await bind.lookup('_acme-challenge.sub.example.com')).toEqual(['one']);
    await provider.removeTxt(ref, signal);
  });
});

test('a name with more values than a datagram holds is read from BIND over TCP', async () => {
  const values = Array.from({ length: 60 }, (_, index) => `${index}`.padStart(43, 'v')).sort();
  await bind.update('example.com', NAME, values);
  const resolver = createDnsResolver({
    servers: [bind.server],
    authorityPort: bind.port,
    timeoutMs: 20_000,
    addressPolicy: LOOPBACK_POLICY,
  });
  const datagram = dnsPacket.encode({ type: 'query', id: 1, questions: [{ name: NAME, type: 'TXT' }] });
  const [host = '', port = ''] = bind.server.split(':');
  const cut = await exchangeUdp({ host, port: Number(port) }, datagram, {
    timeoutMs: 20_000,
    signal,
    policy: LOOPBACK_POLICY,
    origin: 'open',
    accept: () => true,
  });
  expect(cut.silent ? null : dnsPacket.decode(cut.message).flag_tc).toBe(true);
  const world: DnsResolver = { ...resolver, configured: false };
  const reports: Json[] = [];
  await waitForPropagation(
    { name: NAME, challenge: NAME, zone: 'example.com', values },
    {
      resolver: world,
      settings: { timeout: 60, interval: 1 },
      signal,
      report: (_, __, data = null) => void reports.push(data),
    },
  );
  expect(reports.at(-1)).toMatchObject({ servers: [{ server: bind.server, state: 'right' }] });
});

describe('refusals', () => {
  const refused = async (key: BindKey, more: Partial<TxtRecord> = {}, options: TestProviderOptions = {}) => {
    const bench = open(key, options);
    const error: unknown = await bench.provider.addTxt(record('one', more), signal).catch((reason) => reason);
    expect(JSON.stringify(error)).not.toContain(key.secret);
    expect(bench.logged()).not.toContain(key.secret);
    return error;
  };

  test('name a key that the server does not know', async () => {
    expect(await refused({ ...keyOf('hmac-sha256'), name: 'stranger' })).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringContaining('does not know the TSIG key stranger (hmac-sha256)'),
      details: { rcode: 'NOTAUTH', tsigError: 'BADKEY', permissions: expect.stringContaining('TSIG key') },
    });
  });

  test('name a wrong secret', async () => {
    const secret = Buffer.from('quite another secret of some size').toString('base64');
    expect(await refused({ ...keyOf('hmac-sha256'), secret })).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringContaining('it has another secret for the TSIG key certdesk-256 (hmac-sha256)'),
      details: { tsigError: 'BADSIG' },
    });
  });

  test('name a right secret with another algorithm', async () => {
    expect(await refused({ ...keyOf('hmac-sha256'), algorithm: 'hmac-sha512' })).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      details: { tsigError: 'BADKEY' },
    });
  });

  test('name a wrong clock', async () => {
    const now = () => new Date(Date.now() - 3_600_000);
    expect(await refused(keyOf('hmac-sha256'), {}, { now })).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringContaining('differ by more than five minutes'),
      details: { tsigError: 'BADTIME' },
    });
  });

  test('name a key that may not update the zone', async () => {
    expect(await refused(keyOf('hmac-sha256'), zone('closed.example'))).toMatchObject({
      code: 'DNS_CREDENTIALS_REJECTED',
      message: expect.stringContaining('may not write this record in closed.example'),
      details: { rcode: 'REFUSED' },
    });
  });

  test('name a name outside the zone', async () => {
    expect(await refused(keyOf('hmac-sha256'), { name: '_acme-challenge.example.org' })).toMatchObject({
      code: 'DNS_PROVIDER_REFUSED',
      details: { rcode: 'NOTZONE' },
    });
    expect(await bind.lookup(NAME)).toEqual([]);
  });
});
