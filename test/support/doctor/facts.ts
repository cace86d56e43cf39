// Facts of a name and an order that are well. Tests change what they are about.
import type { DoctorFacts, DoctorOrder, NameFacts } from '../../../src/main/engine/doctor/facts.ts';
import { known } from '../../../src/main/engine/doctor/facts.ts';

export const NAME = 'www.example.com';
export const ADDRESS = '8.8.4.4';
export const IPV6 = '2606:4700::1';

export const ORDER: DoctorOrder = {
  names: [NAME],
  challenge: 'http-01',
  accountUrl: 'https://ca.example/acct/1',
  ca: {
    name: 'Test CA',
    directoryUrl: 'https://ca.example/directory',
    isPublic: true,
    caaDomains: ['ca.example'],
    capability: { wildcards: true, maxNames: 2, ipAddresses: true, methods: null },
  },
};

export function nameFacts(more: Partial<NameFacts> = {}): NameFacts {
  return {
    name: NAME,
    addresses: known([ADDRESS]),
    ports: [
      { port: 80, address: ADDRESS, fetched: answer(404), expected: null },
      { port: 443, address: ADDRESS, tls: { kind: 'answers', subject: NAME } },
    ],
    caa: known({ owner: null, records: [], failed: null }),
    dnssec: known({ state: 'unsigned', resolver: null, ds: [], expired: null }),
    delegation: known({
      zone: 'example.com',
      servers: [
        { host: 'ns1.example.com', addresses: [{ address: '8.8.8.8', state: 'ok', answer: 'NOERROR' }] },
      ],
      parent: ['ns1.example.com'],
      child: ['ns1.example.com'],
    }),
    challenge: known({
      challenge: `_acme-challenge.${NAME}`,
      record: `_acme-challenge.${NAME}`,
      zone: 'example.com',
      broken: null,
      left: [],
    }),
    ...more,
  };
}

export const answer = (status: number, body = '') =>
  ({ kind: 'answer', status, server: 'nginx', body, redirects: [] }) as const;

export function orderFacts(name: Partial<NameFacts> = {}, more: Partial<DoctorFacts> = {}): DoctorFacts {
  const clock = known({ offsetMs: 0 });
  return { order: ORDER, names: [nameFacts(name)], clock, limit: null, ...more };
}
