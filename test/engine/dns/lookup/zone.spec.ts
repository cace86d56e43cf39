// The search for a zone and the wait for a record against real BIND 9 servers: a parent with a sub-zone that is
// delegated to another server, a zone on two servers, one of which is late.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/main/engine/core/model.ts';
import { matchZone } from '../../../../src/main/engine/dns/credentials/zone-match.ts';
import { waitForPropagation } from '../../../../src/main/engine/dns/lookup/propagation.ts';
import { createDnsResolver, type DnsResolver } from '../../../../src/main/engine/dns/lookup/resolver.ts';
import { findZone, locateRecord } from '../../../../src/main/engine/dns/lookup/zone.ts';
import { type Bind, startBind } from '../../../support/dns/bind.ts';
import { LOOPBACK_POLICY } from '../../../support/tools/network.ts';

const signal = new AbortController().signal;
const reports: { message: string; data: Json }[] = [];
const context = {
  signal,
  report: (_step: string, message: string, data: Json = null) => void reports.push({ message, data }),
};
/** Has example.com and its own sub-zone, delegates another one to `second`, and is the resolver for all. */
let first: Bind;
/** Is the second server of both.example, and the only one of far.example.com. */
let second: Bind;
let resolver: DnsResolver;

const BOTH = { name: 'both.example', nameServers: ['127.0.0.1', '127.0.0.2'] };

beforeAll(async () => {
  second = await startBind({
    address: '127.0.0.2',
    zones: [BOTH, { name: 'far.example.com', bare: true }],
  });
  first = await startBind({
    port: second.port,
    zones: [
      {
        name: 'example.com',
        records: [
          'near NS ns1.near',
          'ns1.near A 127.0.0.1',
          'far NS ns1.far',
          'ns1.far A 127.0.0.2',
          '_acme-challenge.alias CNAME _acme-challenge.host.far',
          '_acme-challenge.old CNAME one',
          'one CNAME _acme-challenge.old',
          '_acme-challenge.own NS ns1.far',
          '*.wild CNAME host.foreign.org.',
          '_acme-challenge.real.wild CNAME host.foreign.org.',
        ],
      },
      { name: 'near.example.com', bare: true },
      { name: 'co.uk', bare: true, records: ['example NS ns1.example', 'ns1.example A 127.0.0.1'] },
      { name: 'example.co.uk' },
      BOTH,
    ],
    forward: { 'far.example.com': second.server },
  });
  resolver = createDnsResolver({
    servers: [first.server],
    authorityPort: first.port,
    timeoutMs: 20_000,
    addressPolicy: LOOPBACK_POLICY,
  });
});
afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
});
beforeEach(() => {
  reports.length = 0;
});

describe('the zone', () => {
  test.each([
    ['_acme-challenge.example.com', 'example.com'],
    ['_acme-challenge.www.example.com', 'example.com'],
    ['_acme-challenge.near.example.com', 'near.example.com'],
    ['_acme-challenge.a.b.near.example.com', 'near.example.com'],
    ['_acme-challenge.far.example.com', 'far.example.com'],
    ['_acme-challenge.host.far.example.com', 'far.example.com'],
    ['_acme-challenge.www.example.co.uk', 'example.co.uk'],
  ])('of %s is %s', async (name, zone) => {
    expect(await locateRecord(resolver, name, context)).toMatchObject({ name, zone, problem: null });
  });

  test('is the one at the end of a CNAME, on another server', async () => {
    const place = await locateRecord(resolver, '_acme-challenge.alias.example.com', context);
    expect(place).toMatchObject({
      name: '_acme-challenge.host.far.example.com',
      aliases: ['_acme-challenge.alias.example.com'],
      zone: 'far.example.com',
      nameServers: ['ns1.far.example.com'],
    });
  });

  test('is the parent for an account that has both, and refused for one that has only the parent', async () => {
    const place = await locateRecord(resolver, '_acme-challenge.host.far.example.com', context);
    const [parent, child] = [
      { id: '1', name: 'example.com' },
      { id: '2', name: 'far.example.com' },
    ];
    expect(matchZone(place, [parent, child], context)).toBe(child);
    expect(() => matchZone(place, [parent], context)).toThrow(
      /has example\.com, but .* in far\.example\.com/,
    );
  });

  test('is the name’s own if only a wildcard’s CNAME answers for it', async () => {
    for (const name of ['_acme-challenge.wild.example.com', '_acme-challenge.shop.wild.example.com']) {
      expect(await locateRecord(resolver, name, context)).toMatchObject({
        name,
        aliases: [],
        zone: 'example.com',
      });
    }
    expect(reports.map(({ message }) => message)).toContain(
      '_acme-challenge.wild.example.com has no CNAME of its own: a wildcard record points to host.foreign.org',
    );
  });

  test('is at the end of a CNAME of the exact name, even if a wildcard has the same target', async () => {
    const name = '_acme-challenge.real.wild.example.com';
    expect(await locateRecord(resolver, name, context)).toMatchObject({
      name: 'host.foreign.org',
      aliases: [name],
    });
  });

  test('is refused in a CNAME loop', async () => {
    const located = locateRecord(resolver, '_acme-challenge.old.example.com', context);
    await expect(located).rejects.toMatchObject({ code: 'DNS_LOOKUP_FAILED' });
  });

  test('is refused if the exact name has a lame delegation', async () => {
    // BIND refers to 127.0.0.2, which has no such zone and refuses: the zone is still named.
    const located = await locateRecord(resolver, '_acme-challenge.own.example.com', context);
    expect(located.zone).toBe(null);
    expect(located.problem?.message).toMatch(/_acme-challenge\.own\.example\.com/);
  });

  test('of a name without one is not the root', async () => {
    await expect(findZone(resolver, 'www.nowhere.test', signal)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
    });
  });
});

describe('waitForPropagation', () => {
  const NAME = '_acme-challenge.both.example';
  const wait = (values: readonly string[], timeout = 60) =>
    waitForPropagation(
      { name: NAME, challenge: NAME, zone: 'both.example', values },
      { ...context, resolver, settings: { timeout, interval: 2 } },
    );

  test('waits for the second server, which is right after the first poll', async () => {
    await second.update('both.example', NAME, ['of yesterday']);
    await first.update('both.example', NAME, ['a', 'b']);
    const waiting = wait(['a', 'b']);
    await expect.poll(() => reports.length).toBeGreaterThan(0);
    await second.update('both.example', NAME, ['b', 'a', 'foreign']);
    await waiting;
    expect(reports[0]?.data).toMatchObject({
      servers: [
        {
          host: 'ns1.both.example',
          server: first.server,
          state: 'right',
          values: expect.arrayContaining(['a', 'b']),
        },
        { host: 'ns2.both.example', server: second.server, state: 'other', values: ['of yesterday'] },
      ],
    });
  });

  test('polls the servers twice and the resolver twice if all show the record', async () => {
    for (const server of [first, second]) await server.update('both.example', NAME, ['now']);
    await wait(['now']);
    expect(reports.map(({ message }) => message.split(' the TXT')[0])).toEqual([
      '2 of 2 name server addresses return',
      '2 of 2 name server addresses return',
      '1 of 1 resolvers return',
      '1 of 1 resolvers return',
    ]);
  });

  test('reads fifty values of one name over TCP', async () => {
    const values = Array.from({ length: 50 }, (_, i) => `${i}-${'x'.repeat(100)}`);
    for (const server of [first, second]) await server.update('both.example', NAME, values);
    await wait(values);
  });

  test('gives up if the second server stays behind', async () => {
    await first.update('both.example', NAME, ['new']);
    await second.update('both.example', NAME, []);
    await expect(wait(['new'], 1)).rejects.toMatchObject({
      code: 'DNS_PROPAGATION_TIMEOUT',
      details: { servers: [{ state: 'right' }, { state: 'missing' }] },
    });
  });
});
