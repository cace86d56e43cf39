import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DnsNameSchema } from '../../src/shared/name-schema.ts';
import { coversName, toDnsName } from '../../src/shared/names.ts';

describe('toDnsName', () => {
  it.each([
    ['api.example.com', 'api.example.com'],
    ['API.Example.COM', 'api.example.com'],
    ['*.example.com', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.bücher.example', '*.xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['a-b.c-d.example', 'a-b.c-d.example'],
    ['1.example.com', '1.example.com'],
  ])('takes %s', (given, kept) => expect(toDnsName(given)).toBe(kept));

  it.each([
    '',
    '.',
    'com',
    'localhost',
    'example.com.',
    '.example.com',
    'a..example.com',
    '-a.example.com',
    'a-.example.com',
    'a_b.example.com',
    '*',
    '*.',
    '*.com',
    '*.*.example.com',
    'www.*.example.com',
    '**.example.com',
    '1.2.3.4',
    '0x7f.1',
    '[::1]',
    '::1',
    'a b.example.com',
    'a.example.com/x',
    'http://a.example.com',
    'a.example.com:443',
    'a@example.com',
    'a%2eexample.com',
    `${'a'.repeat(64)}.example.com`,
    `${'a.'.repeat(126)}example.com`,
    'a.example.com\n',
    'a\u0000.example.com',
    '*.1.2.3.4',
  ])('refuses %j', (given) => expect(toDnsName(given)).toBeNull());

  it('gives what it takes again: what was kept once is kept the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string()), (given) => {
        const name = toDnsName(given);
        if (name !== null) expect(toDnsName(name)).toBe(name);
      }),
    );
  });

  it('is what the schema does, with a sentence for what it refuses', () => {
    expect(DnsNameSchema.parse(' WWW.example.com ')).toBe('www.example.com');
    expect(DnsNameSchema.safeParse('nope').error?.issues[0]?.message).toMatch(/not a host name/);
  });
});

describe('coversName (RFC 6125 section 6.4.3)', () => {
  it.each([
    ['example.com', 'EXAMPLE.com', true],
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', '*.b.example.com', false],
    ['www.example.com', '*.example.com', false],
    ['*.com', 'wwwexample.com', true],
    ['*', 'example.com', false],
  ])('%s covers %s: %s', (pattern, name, covers) => expect(coversName(pattern, name)).toBe(covers));
});
