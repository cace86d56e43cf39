// DNSSEC with a stand-in for validating resolvers: RFC 4035 section 3.2.2 (CD), RFC 6840 section 5.7 (AD).
import { describe, expect, it } from 'vitest';
import type { DnsReply } from '../../../src/main/engine/dns/lookup/query.ts';
import { createDnsResolver, type DnsResolver } from '../../../src/main/engine/dns/lookup/resolver.ts';
import { gatherDnssec } from '../../../src/main/engine/doctor/gather-dns.ts';

const SERVERS = ['192.0.2.1:53', '192.0.2.2:53'];
const NOW = new Date('2026-11-30T00:00:00Z');
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

interface Zone {
  /** The answer of the second server with validation; all other answers are NOERROR. */
  readonly checked: DnsReply;
  readonly ds: readonly string[];
  /** `OWNER TYPE EXPIRATION SIGNER`, in the answers for the owner. */
  readonly signatures?: readonly string[];
}

function resolverWith({ checked, ds, signatures = [] }: Zone): DnsResolver {
  const answers = ds.map((value) => ({ name: 'example.com', type: 'DS', value, ttl: 1 }));
  const signed = signatures.map((line) => {
    const [name = '', ...value] = line.split(' ');
    return { name, type: 'RRSIG', value: value.join(' '), ttl: 1 };
  });
  return {
    ...createDnsResolver({ servers: SERVERS }),
    ask: async (server, { name, type }, { dnssec }) => {
      if (dnssec === 'report' && server === SERVERS[1]) return checked;
      if (dnssec !== 'signatures') return reply('NOERROR');
      const own = signed.filter((each) => each.name === name && each.value.startsWith(`${type} `));
      return reply('NOERROR', { answers: own });
    },
    resolve: async () => reply('NOERROR', { answers }),
  };
}
const gather = (zone: Zone) =>
  gatherDnssec(
    resolverWith(zone),
    { name: 'www.example.com', zone: 'example.com', validators: SERVERS, now: NOW },
    new AbortController().signal,
  );

it.each([
  ['bogus', reply('SERVFAIL'), ['1 13 2 AB'], SERVERS[1]],
  ['secure', reply('NOERROR', { authenticated: true }), ['1 13 2 AB'], null],
  ['not-validated', reply('NOERROR'), ['1 13 2 AB'], null],
  ['unsigned', reply('NOERROR'), [], null],
])('is %s', async (state, checked, ds, resolver) => {
  expect(await gather({ checked, ds })).toMatchObject({
    state,
    resolver,
    ds: ds.map((value) => ({ value })),
    expired: null,
  });
});

describe('the signatures of a bogus zone', () => {
  const at = (text: string) => Date.parse(text) / 1000;
  const [past, earlier, future] = [at('2026-11-01'), at('2026-10-01'), at('2027-01-01')];
  const expired = async (...signatures: readonly string[]) =>
    (await gather({ checked: reply('SERVFAIL'), ds: ['1 13 2 AB'], signatures })).expired;

  it('have expired since the first of them ended', async () => {
    expect(
      await expired(
        `www.example.com A ${past} example.com`,
        `example.com DNSKEY ${earlier} example.com`,
        `example.com DS ${future} com`,
      ),
    ).toEqual({ zone: 'example.com', since: new Date('2026-10-01') });
  });

  it('have not expired if another key signed the same records for longer', async () => {
    expect(
      await expired(`www.example.com A ${past} example.com`, `www.example.com A ${future} example.com`),
    ).toBeNull();
  });

  it('are those of the parent zone if its signature of the DS record expired', async () => {
    expect(await expired(`example.com DS ${past} com`)).toMatchObject({ zone: 'com' });
  });

  it('are unknown if the resolver sends none', async () => {
    expect(await expired()).toBeNull();
  });
});
