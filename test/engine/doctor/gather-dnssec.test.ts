// DNSSEC with a stand-in for validating resolvers: RFC 4035 section 3.2.2 (CD), RFC 6840 section 5.7 (AD).
import { expect, it } from 'vitest';
import type { DnsReply } from '../../../src/main/engine/dns/lookup/query.ts';
import { createDnsResolver, type DnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { gatherDnssec } from '../../../src/main/engine/doctor/gather-dns.ts';

const SERVERS = ['192.0.2.1:53', '192.0.2.2:53'];
const reply = (rcode: string, more: Partial<DnsReply> = {}): DnsReply => ({
  silent: false,
  server: '',
  rcode,
  authoritative: false,
  authenticated: false,
  answers: [],
  authorities: [],
  ...more,
});

/** @param checked The answer with validation; without it, every server answers NOERROR. */
function resolverWith(checked: DnsReply, ds: readonly string[]): DnsResolver {
  const answers = ds.map((value) => ({ name: 'example.com', type: 'DS', value, ttl: 1 }));
  return {
    ...createDnsResolver({ servers: SERVERS }),
    ask: async (server, _, { dnssec }) =>
      dnssec === 'report' && server === SERVERS[1] ? checked : reply('NOERROR'),
    resolve: async () => reply('NOERROR', { answers }),
  };
}
const gather = (checked: DnsReply, ds: readonly string[]) =>
  gatherDnssec(
    resolverWith(checked, ds),
    { name: 'www.example.com', zone: 'example.com', validators: SERVERS },
    new AbortController().signal,
  );

it.each([
  ['bogus', reply('SERVFAIL'), ['1 13 2 AB'], SERVERS[1]],
  ['secure', reply('NOERROR', { authenticated: true }), ['1 13 2 AB'], null],
  ['not-validated', reply('NOERROR'), ['1 13 2 AB'], null],
  ['unsigned', reply('NOERROR'), [], null],
])('is %s', async (state, checked, ds, resolver) => {
  expect(await gather(checked, ds)).toMatchObject({ state, resolver, ds: ds.map((value) => ({ value })) });
});
