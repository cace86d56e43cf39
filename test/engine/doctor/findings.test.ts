// Each finding from the facts that cause it, and what it prints to fix them.
import { expect, it } from 'vitest';
import { readCaa } from '../../../src/main/engine/doctor/caa.ts';
import {
  type DelegationFacts,
  type DoctorFacts,
  type DoctorOrder,
  known,
  type NameFacts,
  unknown,
} from '../../../src/main/engine/doctor/facts.ts';
import { findDoctorProblems } from '../../../src/main/engine/doctor/findings.ts';
import { DOCTOR_CODES, type DoctorCode } from '../../../src/shared/doctor.ts';
import { ADDRESS, answer, IPV6, NAME, nameFacts, ORDER, orderFacts } from '../../support/doctor/facts.ts';

const LEFT = 'a'.repeat(43);
const ALIAS = {
  challenge: `_acme-challenge.${NAME}`,
  record: 'x.other.example',
  zone: 'other.example',
  broken: null,
  left: [],
};

const caa = (...lines: readonly string[]): DoctorFacts =>
  orderFacts({
    caa: known({
      owner: 'example.com',
      records: lines.flatMap((line) => readCaa('example.com', line) ?? []),
      failed: null,
    }),
  });
const order = (more: Partial<DoctorOrder>, name: Partial<NameFacts> = {}): DoctorFacts =>
  orderFacts(name, { order: { ...ORDER, ...more } });
const wild = (facts: DoctorFacts): DoctorFacts => ({
  ...facts,
  order: { ...facts.order, challenge: 'dns-01' },
  names: facts.names.map((name) => ({ ...name, name: `*.${NAME}` })),
});
const offers = (more: Partial<DoctorOrder['ca']['capability']>) => ({
  ca: { ...ORDER.ca, capability: { ...ORDER.ca.capability, ...more } },
});
const port80 = (fetched: Extract<NameFacts['ports'][number], { port: 80 }>['fetched'], address = ADDRESS) =>
  ({ port: 80, address, fetched, expected: null }) as const;
const delegation = (more: Partial<DelegationFacts>): DoctorFacts => {
  const { delegation: own } = nameFacts();
  return orderFacts(own.known ? { delegation: known({ ...own.value, ...more }) } : {});
};
const server = (state: 'lame' | 'silent', text: string) => ({
  servers: [{ host: 'ns2.example.com', addresses: [{ address: '9.9.9.9', state, answer: text }] }],
});
const tls = (kind: 'refused' | 'not-tls'): NameFacts['ports'] => [
  { port: 443, address: ADDRESS, tls: { kind, reason: 'ECONNRESET' } },
];
const refused = { kind: 'refused', reason: 'ECONNREFUSED', redirects: [] } as const;

/** The facts that cause each finding, and its first fix. */
const CASES: Readonly<Record<DoctorCode, readonly [DoctorFacts, string | null]>> = {
  unresolved: [orderFacts({ addresses: known([]), ports: [] }), `${NAME}. 300 IN A ADDRESS-OF-THE-SERVER`],
  'lookup-failed': [orderFacts({ addresses: unknown('SERVFAIL') }), `dig ${NAME} A`],
  'private-address': [orderFacts({ addresses: known(['10.0.0.1']) }), `${NAME}. IN A 10.0.0.1`],
  'ipv6-unreachable': [
    orderFacts({ addresses: known([IPV6, ADDRESS]), ports: [port80(refused, IPV6), port80(answer(404))] }),
    `${NAME}. IN AAAA ${IPV6}`,
  ],
  'port-80-unreachable': [orderFacts({ ports: [port80(refused)] }), 'ufw allow 80/tcp'],
  'port-80-not-http': [
    orderFacts({ ports: [port80({ kind: 'broken', reason: 'HPE_INVALID', redirects: [] })] }),
    'ss -ltnp sport = :80',
  ],
  'port-80-other-server': [
    orderFacts({ ports: [{ ...port80(answer(404)), expected: 'certdesk' }] }),
    'location /.well-known/acme-challenge/ { proxy_pass http://CERTDESK:80; }',
  ],
  'redirect-not-followed': [
    orderFacts({
      ports: [port80({ kind: 'bad_redirect', reason: 'to port 8443', redirects: ['https://a:8443/'] })],
    }),
    'location /.well-known/acme-challenge/ { proxy_pass http://CERTDESK:80; }',
  ],
  'port-443-unreachable': [
    order({ challenge: 'tls-alpn-01' }, { ports: tls('refused') }),
    'ufw allow 443/tcp',
  ],
  'port-443-not-tls': [
    order({ challenge: 'tls-alpn-01' }, { ports: tls('not-tls') }),
    'ss -ltnp sport = :443',
  ],
  'caa-forbids': [caa('0 issue other.example'), 'example.com. 300 IN CAA 0 issue "ca.example"'],
  'caa-forbids-wildcard': [wild(caa('0 issuewild ;')), 'example.com. 300 IN CAA 0 issuewild "ca.example"'],
  'caa-forbids-account': [
    caa('0 issue ca.example; accounturi=https://ca.example/acct/2'),
    'example.com. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/1; validationmethods=http-01"',
  ],
  'caa-forbids-method': [
    caa('0 issue ca.example; validationmethods=dns-01'),
    'example.com. 300 IN CAA 0 issue "ca.example; validationmethods=http-01"',
  ],
  'caa-critical-tag': [caa('128 tbs Unknown'), 'example.com. IN CAA 128 tbs "Unknown"'],
  'caa-lookup-failed': [
    orderFacts({
      caa: known({ owner: null, records: [], failed: { name: 'example.com', answer: 'SERVFAIL' } }),
    }),
    'dig example.com CAA',
  ],
  'caa-malformed': [caa('0 issue ca.example', '0 issue %%'), 'example.com. IN CAA 0 issue "%%"'],
  'caa-account-unknown': [
    {
      ...caa('0 issue ca.example; accounturi=https://ca.example/acct/2'),
      order: { ...ORDER, accountUrl: undefined },
    },
    null,
  ],
  'dnssec-bogus': [
    orderFacts({
      dnssec: known({
        state: 'bogus',
        resolver: '9.9.9.9:53',
        ds: [{ owner: 'example.com', value: '1 13 2 AB' }],
        expired: null,
      }),
    }),
    'example.com. IN DS 1 13 2 AB',
  ],
  'dnssec-expired': [
    orderFacts({
      dnssec: known({
        state: 'bogus',
        resolver: '9.9.9.9:53',
        ds: [{ owner: 'example.com', value: '1 13 2 AB' }],
        expired: { zone: 'example.com', since: new Date('2026-11-01T00:00:00Z') },
      }),
    }),
    'dnssec-signzone -S -o example.com ZONE-FILE && rndc reload example.com',
  ],
  'dnssec-not-validated': [
    orderFacts({ dnssec: known({ state: 'not-validated', resolver: null, ds: [], expired: null }) }),
    `certdesk doctor --dns-resolver 9.9.9.9 ${NAME}`,
  ],
  'no-zone': [
    orderFacts({
      addresses: known([]),
      delegation: known({ zone: null, servers: [], parent: null, child: [] }),
    }),
    'whois example.com',
  ],
  'name-server-lame': [delegation(server('lame', 'REFUSED')), 'example.com. IN NS ns2.example.com.'],
  'name-server-silent': [
    delegation(server('silent', 'no answer in time')),
    'example.com. IN NS ns2.example.com.',
  ],
  'name-server-unresolved': [
    delegation({ servers: [{ host: 'ns2.example.com', addresses: [] }] }),
    'example.com. IN NS ns2.example.com.',
  ],
  'delegation-differs': [
    delegation({ parent: ['ns1.example.com', 'ns9.example.com'] }),
    'example.com. 300 IN NS ns9.example.com.',
  ],
  'challenge-cname-broken': [
    order(
      { challenge: 'dns-01' },
      { challenge: known({ ...ALIAS, zone: null, broken: 'other.example does not exist.' }) },
    ),
    `_acme-challenge.${NAME}. IN CNAME x.other.example.`,
  ],
  'challenge-cname': [order({ challenge: 'dns-01' }, { challenge: known(ALIAS) }), null],
  'challenge-txt-left': [
    orderFacts({ challenge: known({ ...ALIAS, left: [LEFT] }) }),
    `x.other.example. IN TXT "${LEFT}"`,
  ],
  'clock-wrong': [orderFacts({}, { clock: known({ offsetMs: -90_000 }) }), 'timedatectl set-ntp true'],
  'ca-unreachable': [
    orderFacts({}, { clock: unknown('connection refused') }),
    'curl -I https://ca.example/directory',
  ],
  'ca-limit': [
    orderFacts({}, { limit: { why: 'Deferred', until: '2027-01-01T00:00:00Z' } }),
    'Request after 2027-01-01T00:00:00Z',
  ],
  'ca-no-wildcards': [wild(order(offers({ wildcards: false }))), 'CA: one that issues wildcards'],
  'ca-too-many-names': [order({ names: ['a.com', 'b.com', 'c.com'] }), 'Names: at most 2'],
  'ca-no-ip-addresses': [
    order({ names: [ADDRESS], ...offers({ ipAddresses: false }) }),
    'CA: one that issues for IP addresses',
  ],
  'ca-no-private-names': [order({ names: ['db.internal'] }), 'CA: a private one'],
  'ca-method-not-offered': [order({ names: [`*.${NAME}`] }), 'Validation method: DNS-01'],
  'ca-untrusted-chain': [order({ unknownRoot: 'Root YE' }), 'Preferred chain: none'],
  'ca-no-client-auth': [
    order({ clientUses: ['postfix'] }),
    'For connections as a client, use a certificate of a private CA.',
  ],
  'not-checked': [orderFacts({ dnssec: unknown('no answer in time') }), null],
};

it.each(DOCTOR_CODES)('finds %s and prints the fix', (code) => {
  const [given, fix] = CASES[code];
  const facts =
    code === 'ca-no-wildcards' ? { ...given, order: { ...given.order, names: [`*.${NAME}`] } } : given;
  const finding = findDoctorProblems(facts).find((each) => each.code === code);
  expect(finding?.message).toMatch(/\.$/);
  expect(finding?.fixes[0]?.text ?? null).toBe(fix);
});

it('finds nothing if nothing is wrong', () => {
  expect(findDoctorProblems(orderFacts())).toEqual([]);
});

it('blocks an order only if the CA is public and must refuse', () => {
  const facts = caa('0 issue other.example');
  expect(findDoctorProblems(facts)).toMatchObject([{ code: 'caa-forbids', blocks: true }]);
  const isPrivate = { ...facts, order: { ...ORDER, ca: { ...ORDER.ca, isPublic: false } } };
  expect(findDoctorProblems(isPrivate)).toMatchObject([{ code: 'caa-forbids', blocks: false }]);
  expect(findDoctorProblems(orderFacts({ ports: [port80(refused)] }))).toMatchObject([{ blocks: false }]);
});

it('says once what several names share, and the most important first', () => {
  const lame = delegation(server('lame', 'REFUSED')).names[0];
  const facts = orderFacts(
    {},
    { names: [lame, lame].flatMap((each) => each ?? []), clock: unknown('refused') },
  );
  expect(findDoctorProblems(facts).map(({ code }) => code)).toEqual(['ca-unreachable', 'name-server-lame']);
});

it('leaves an IPv6 address alone that this machine has no route to', () => {
  const noRoute = { kind: 'unreachable', reason: 'ENETUNREACH', redirects: [] } as const;
  const facts = orderFacts({
    addresses: known([IPV6, ADDRESS]),
    ports: [port80(noRoute, IPV6), port80(answer(404))],
  });
  expect(findDoctorProblems(facts).map(({ code }) => code)).toEqual(['not-checked']);
});
