// The names that the user typed or pasted, and the sentence that says what is requested for them.
import { describe, expect, test } from 'vitest';
import { parseNames } from '../../src/renderer/certificates/request/parse-names.ts';
import { type SummaryFacts, summarize } from '../../src/renderer/certificates/request/summary.ts';

const A = 'a.example.com';
const B = 'b.example.com';

describe('reads names', () => {
  test.each([
    [`${A} ${B}`],
    [`${A},${B}`],
    [`${A}; ${B};`],
    [` ${A}\n\n${B}\n`],
    [`"${A}"\t'${B}'`],
    [`["${A}", "${B}"]`],
    [`<${A}> | (${B})`],
    [`DNS:${A}, DNS:${B}`],
    [`https://${A}/cart?x=1#top http://user@${B}:8080`],
    [`${A}:443 admin@${B}`],
    [`${A}. ${B} ${A} ${A.toUpperCase()}`],
  ])('from %j', (text) => {
    expect(parseNames(text)).toEqual({ names: [A, B], invalid: [] });
  });

  test('as A-labels, with wildcards', () => {
    expect(parseNames('*.Example.com ä.example').names).toEqual(['*.example.com', 'xn--4ca.example']);
  });

  test.each([
    ['192.0.2.1 2001:db8::1'],
    ['https://192.0.2.1/ http://[2001:db8::1]/path'],
    ['192.0.2.1:443, [2001:DB8:0:0::1]:443'],
    ['["192.0.2.1", "2001:db8:0:0:0:0:0:1"]'],
    ['IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1'],
    ['IP:192.0.2.1, IP:2001:db8::1 [2001:0db8::0001]'],
  ])('of IP addresses in canonical form from %j', (text) => {
    expect(parseNames(text)).toEqual({ names: ['192.0.2.1', '2001:db8::1'], invalid: [] });
  });

  test('and reports what is none, beside those that are', () => {
    expect(parseNames('')).toEqual({ names: [], invalid: [] });
    const { names, invalid } = parseNames(`${A} bad_name.example.com 10.0.0.0/8 ::ffff:192.0.2.1`);
    expect(names).toEqual([A]);
    expect(invalid.map(({ input }) => input)).toEqual([
      'bad_name.example.com',
      '10.0.0.0/8',
      '::ffff:192.0.2.1',
    ]);
    expect(invalid.map(({ why }) => why).slice(0, 2)).toEqual([
      expect.stringContaining('contains an underscore'),
      expect.stringContaining('is a network'),
    ]);
  });
});

describe('the summary', () => {
  const FACTS: SummaryFacts = {
    names: ['example.com', 'www.example.com'],
    method: 'http-01',
    provider: null,
    ca: "Let's Encrypt",
    staging: false,
    key: null,
    profile: '',
    autoRenew: true,
  };

  test.each<[Partial<SummaryFacts>, string]>([
    [
      {},
      "A certificate for example.com and www.example.com from Let's Encrypt, checked over HTTP, renewed automatically.",
    ],
    [
      { names: ['*.example.com'], method: 'dns-01', provider: 'Cloudflare', autoRenew: false },
      "A certificate for *.example.com from Let's Encrypt, checked over DNS with Cloudflare, not renewed automatically.",
    ],
    [
      { names: ['example.com'], method: 'manual', key: 'RSA 2048', profile: 'tlsserver' },
      "A certificate for example.com from Let's Encrypt, with an RSA 2048 key, with the profile tlsserver, checked with TXT records that you create, renewed when you create new records.",
    ],
    [
      { names: ['example.com'], method: 'dns-01', staging: true, ca: 'ZeroSSL' },
      'A test certificate for example.com from the staging server of ZeroSSL, which clients do not trust, checked over DNS, renewed automatically.',
    ],
    [{ names: [] }, 'Enter a name to see what will be requested.'],
  ])('with %j', (more, sentence) => {
    expect(summarize({ ...FACTS, ...more })).toBe(sentence);
  });

  test('names ten of many', () => {
    const names = Array.from({ length: 12 }, (_, n) => `n${n}.example.com`);
    expect(summarize({ ...FACTS, names })).toContain('n9.example.com, and 2 more from');
  });
});
