// Looks hosts up for endpoints: with the DNS resolvers of the command line if there are some, otherwise with the
// system's resolver, which also knows /etc/hosts, as clients on this machine do.
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import type { AddressPolicy, LookUp } from '../outgoing/address-policy.ts';

const TIMEOUT_MS = 10_000;

export function createHostLookup(
  resolver: Pick<DnsResolver, 'configured' | 'resolve'>,
  policy: Pick<AddressPolicy, 'lookup'>,
): LookUp {
  if (!resolver.configured) return policy.lookup;
  return (host, _options, callback) => {
    const ask = async (type: 'A' | 'AAAA') => {
      const { answers } = await resolver.resolve({ name: host, type }, AbortSignal.timeout(TIMEOUT_MS));
      return answers
        .filter((record) => record.type === type)
        .map(({ value }) => ({ address: value, family: type === 'A' ? 4 : 6 }));
    };
    Promise.all([ask('A'), ask('AAAA')]).then(
      (found) => callback(null, found.flat()),
      (error: unknown) => callback(Object.assign(new Error(String(error)), { code: 'EAI_AGAIN' }), []),
    );
  };
}
