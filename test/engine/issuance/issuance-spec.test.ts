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
