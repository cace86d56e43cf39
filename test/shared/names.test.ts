import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DnsNameSchema } from '../../src/shared/name-schema.ts';
import { coversName, explainName, toDnsName } from '../../src/shared/names.ts';

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
    ['example.com.', 'example.com'],
    ['*.example.com.', '*.example.com'],
    ['intranet', 'intranet'],
    ['xn--80ak6aa92e.com', 'xn--80ak6aa92e.com'],
    ['xn--p1ai', 'xn--p1ai'],
    ['*.лендинги-под-ключ.рф', '*.xn-----glcdccwbvbjpcro7k0e.xn--p1ai'],
    ['急ぎ.ジュリアン.xyz', 'xn--x8j435l.xn--cck0bxhua0c.xyz'],
    ['*.lan', '*.lan'],
  ])('accepts %s', (given, kept) => expect(toDnsName(given)).toBe(kept));

  it.each([
    '',
    '.',
    'example.com..',
    '.example.com',
    'a..example.com',
    '-a.example.com',
    'a-.example.com',
    'a_b.example.com',
    '*',
    '*.',
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
    'xn--8080apmfex.xn--p1ai', // certbot #4664
    'xn--a.example.com',
    'xn--.example.com',
    'xn---.example.com',
    'xn--99999999.example.com',
    'xn--abc-.example.com',
  ])('refuses %j', (given) => expect(toDnsName(given)).toBeNull());

  it.each([
    ['https://www3.example.com/login?x=1', /Did you mean www3\.example\.com\?/],
    ['http://www3.example.com', /Did you mean www3\.example\.com\?/],
    ['www3.example.com:8443', /Did you mean www3\.example\.com\?/],
    ['www3.example.com/path', /Did you mean www3\.example\.com\?/],
    ['admin@www3.example.com', /Did you mean www3\.example\.com\?/],
    ['https://bücher.example/', /Did you mean xn--bcher-kva\.example\?/],
    ['my_host.example.com', /contains an underscore.*Use a name with a hyphen/],
    ['a.example.com, b.example.com', /Enter each name separately/],
    ['192.0.2.1', /is an IP address/],
    ['2001:db8::1', /is an IP address/],
    ['www.*.example.com', /only as the whole first label/],
    ['-a.example.com', /is not a valid host name\. Use a name such as/],
    ['https://', /is not a valid host name\. Use a name such as/],
    ['www.xn--8080apmfex.xn--p1ai', /contains the invalid Punycode label xn--8080apmfex\./],
  ])('says of %s why not', (given, expected) => {
    expect(toDnsName(given)).toBeNull();
    expect(explainName(given)).toMatch(expected);
  });

  it('accepts its own result unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string()), (given) => {
        const name = toDnsName(given);
        if (name !== null) expect(toDnsName(name)).toBe(name);
      }),
    );
  });

  it('is what the schema applies, with a message for what it refuses', () => {
    expect(DnsNameSchema.parse(' WWW.example.com ')).toBe('www.example.com');
    expect(DnsNameSchema.safeParse('no!pe').error?.issues[0]?.message).toMatch(/not a valid host name/);
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
