import { describe, expect, it } from 'vitest';
import {
  capabilitiesOf,
  describeForNames,
  profileForNames,
} from '../../../src/main/engine/acme/capabilities.ts';
import { explainUnfit } from '../../../src/shared/ca-capabilities.ts';

const many = (count: number) => Array.from({ length: count }, (_, n) => `n${n}.example.com`);
const why = (ca: string, names: readonly string[], profile: string | null = null) =>
  explainUnfit(describeForNames(ca, {}), names, profile);

describe('what a CA can issue', () => {
  it.each([
    ['letsencrypt', ['*.example.com', 'example.com']],
    ['letsencrypt', many(100)],
    ['letsencrypt', ['192.0.2.1']],
    ['actalis', ['example.com', 'www.example.com']],
    ['actalis', ['www.example.com']],
    ['google', ['192.0.2.1']],
    ['https://ca.example.com/directory', ['*.example.com', ...many(300)]],
  ])('%s can issue for %j', (ca, names) => expect(why(ca, names)).toBeNull());

  it.each([
    ['actalis', ['*.example.com'], /Actalis issues no wildcard certificates \(\*\.example\.com\)/],
    ['sslcom-ecc', ['a.example.com', 'b.example.com'], /one name and the same name with www\. only/],
    ['actalis', many(3), /not for these 3 names/],
    ['zerossl', ['2001:db8::1'], /ZeroSSL does not issue for IP addresses \(2001:db8::1\)/],
    ['letsencrypt', many(101), /at most 100 names, not for 101/],
  ])('%s cannot issue for %j', (ca, names, reason) => expect(why(ca, names)).toMatch(reason));

  it('depends on the profile', () => {
    expect(why('letsencrypt', many(26), 'tlsserver')).toMatch(/at most 25 names with the profile tlsserver/);
    expect(why('letsencrypt', many(26), 'classic')).toBeNull();
    expect(profileForNames('letsencrypt', ['a.example.com', '192.0.2.1'], {})).toBe('shortlived');
    expect(profileForNames('letsencrypt', ['a.example.com'], {})).toBeNull();
  });

  it("is unknown if another CA takes the place of Let's Encrypt", () => {
    const overrides = { production: 'https://ca.example.com:9000/dir' };
    expect(explainUnfit(describeForNames('letsencrypt', overrides), many(500), null)).toBeNull();
    expect(capabilitiesOf('https://acme-staging-v02.api.letsencrypt.org/directory')?.maxNames).toBe(100);
  });
});
