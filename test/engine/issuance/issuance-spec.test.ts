// The names of an order: those of the request, as public CAs accept them.
import { describe, expect, it } from 'vitest';
import { toIssuanceSpec } from '../../../src/main/engine/issuance/issuance-spec.ts';
import { ObtainRequestSchema } from '../../../src/shared/certificate.ts';

const project = (domain: string, altNames: readonly string[]) => ({
  id: 'p1',
  name: domain,
  domain,
  altNames,
  tags: [],
  createdAt: '2026-11-29T00:00:00Z',
});
const specFor = (names: readonly [string, ...string[]], more: object = {}) => {
  const [domain, ...altNames] = names;
  const body = ObtainRequestSchema.parse({ challengeType: 'http-01', ...more });
  return toIssuanceSpec(project(domain, altNames), body, {});
};
const PRIVATE_CA = 'https://ca.internal.example/directory';
const PUBLIC_IP = '8.8.8.8';
/** The domain and further names below it. */
const many = (count: number): [string, ...string[]] => [
  'example.com',
  ...Array.from({ length: count - 1 }, (_, n) => `n${n}.example.com`),
];
const namesFor = (domain: string, altNames: readonly string[], ca = 'letsencrypt') => {
  const body = ObtainRequestSchema.parse({ challengeType: 'dns-01', dnsProvider: 'manual', ca });
  return toIssuanceSpec(project(domain, altNames), body, {}).names;
};

describe('the names of an order', () => {
  it.each([
    ['example.com', ['*.example.com', 'www.example.com'], ['example.com', '*.example.com']],
    ['www.example.com', ['*.example.com'], ['*.example.com']],
    ['*.example.com', ['a.b.example.com', 'a.example.com'], ['*.example.com', 'a.b.example.com']],
    ['*.example.com', ['*.b.example.com'], ['*.example.com', '*.b.example.com']],
  ])(
    'for %s with %j omit what a wildcard covers (acme.sh #1880, certify #321)',
    (domain, altNames, names) => {
      expect(namesFor(domain, altNames)).toEqual(names);
    },
  );

  it('are complete at a CA that is not public', () => {
    const names = ['*.example.com', 'a.example.com'];
    expect(namesFor('*.example.com', ['a.example.com'], 'https://ca.internal.example/directory')).toEqual(
      names,
    );
  });
});

describe('an order for IP addresses', () => {
  it('has the profile that Let’s Encrypt demands, also in staging', () => {
    expect(specFor([PUBLIC_IP, '2606:4700::1111'])).toMatchObject({
      names: [PUBLIC_IP, '2606:4700::1111'],
      profile: 'shortlived',
    });
    expect(specFor([PUBLIC_IP], { staging: true, profile: 'shortlived' }).profile).toBe('shortlived');
    expect(specFor(['example.com', PUBLIC_IP]).profile).toBe('shortlived');
    expect(specFor(['example.com']).profile).toBeNull();
  });

  it('has the default profile at another CA', () => {
    expect(specFor(['10.0.0.1'], { ca: PRIVATE_CA }).profile).toBeNull();
    expect(specFor(['10.0.0.1'], { ca: PRIVATE_CA, profile: 'ip' }).profile).toBe('ip');
  });

  it.each<readonly [readonly [string, ...string[]], object, string]>([
    [
      [PUBLIC_IP],
      { profile: 'classic' },
      "profile: Let's Encrypt issues certificates for IP addresses (8.8.8.8) only",
    ],
    [
      [PUBLIC_IP],
      { challengeType: 'dns-01' },
      'challengeType: dns-01 cannot validate an IP address (8.8.8.8)',
    ],
    [
      ['*.example.com', PUBLIC_IP],
      { challengeType: 'dns-01' },
      'altNames: one certificate cannot have a wildcard',
    ],
    [['*.example.com', PUBLIC_IP], {}, 'altNames: one certificate cannot have a wildcard'],
    [['10.0.0.1'], {}, 'ca: a public CA does not issue for 10.0.0.1, a private or reserved address'],
    [['example.com', 'fd00::1'], {}, 'ca: a public CA does not issue for fd00::1'],
    [['2001:db8::1'], { ca: 'zerossl' }, 'ca: a public CA does not issue for 2001:db8::1'],
    [[PUBLIC_IP], { ca: 'zerossl' }, 'ca: this CA issues no certificates for IP addresses (8.8.8.8)'],
    [['intranet'], {}, 'ca: a public CA does not issue for intranet, a name of one label'],
    [
      many(26),
      { profile: 'tlsserver' },
      "altNames: Let's Encrypt issues for at most 25 names with the profile",
    ],
    [
      [PUBLIC_IP, ...many(25)],
      { staging: true },
      "altNames: Let's Encrypt issues for at most 25 names with the profile shortlived, not for 26",
    ],
    [many(3), { ca: 'actalis' }, 'altNames: Actalis issues for at most 2 names, not for 3'],
    [
      ['example.com', 'example.net'],
      { ca: 'actalis' },
      'ca: Actalis issues for one name and the same name with www. only',
    ],
  ])('for %j with %j is refused with the reason', (names, more, message) => {
    expect(() => specFor(names, more)).toThrow(message);
  });

  it('may have as many names as the profile allows, and 100 with another one', () => {
    expect(specFor(many(25), { profile: 'shortlived' }).names).toHaveLength(25);
    expect(specFor(many(100)).names).toHaveLength(100);
    expect(specFor(many(100), { ca: PRIVATE_CA, profile: 'shortlived' }).names).toHaveLength(100);
    expect(() => specFor(many(101))).toThrow('altNames');
  });

  it('may have private addresses and names of one label at a CA that is not public', () => {
    const names = ['intranet', '10.0.0.1', '::1', 'fd00::1'] as const;
    expect(specFor([...names], { ca: PRIVATE_CA }).names).toEqual(names);
  });
});
