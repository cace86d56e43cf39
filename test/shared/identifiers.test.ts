import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainInvalidName, toIdentifier, toName } from '../../src/shared/identifiers.ts';
import { fromOctets, isIpAddress, toIpAddress, toOctets, toUrlHost } from '../../src/shared/ip-address.ts';
import { CertificateNameSchema, CertificateNamesSchema } from '../../src/shared/name-schema.ts';
import { coversName, isSingleLabel } from '../../src/shared/names.ts';

describe('toIpAddress', () => {
  // RFC 5952 sections 4 and 5
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::FFFF:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('writes %s as %s', (given, canonical) => expect(toIpAddress(given)).toBe(canonical));

  it.each([
    '',
    '1.2.3',
    '127.1',
    '1.2.3.4.',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '2130706433',
    'fe80::1%eth0',
    '::1/128',
    '1::2::3',
    ':::',
    '12345::',
    '::1.2.3.256',
    '[192.0.2.1]',
    '[::1',
    '[::1]:443',
    'a:b',
    'example.com',
    '::1\n',
    ' ::1',
  ])('rejects %j', (given) => expect(toIpAddress(given)).toBeNull());

  it('agrees with node:net about every address, and keeps a canonical address as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = toIpAddress(text);
        expect(address !== null).toBe(isIPv4(text) || isIPv6(text));
        expect(toIpAddress(address ?? '')).toBe(address);
        expect(fromOctets(toOctets(address ?? ''))).toBe(address);
      }),
    );
  });
});

describe('octets of addresses', () => {
  it('reads 4 and 16 octets', () => {
    expect(fromOctets([192, 0, 2, 1])).toBe('192.0.2.1');
    expect(fromOctets([...Array(15).fill(0), 1])).toBe('::1');
    expect(fromOctets([...Array(10).fill(0), 255, 255, 192, 0, 2, 1])).toBe('::ffff:192.0.2.1');
  });
  it.each([0, 1, 5, 8, 15, 17, 32])('rejects %i octets', (length) =>
    expect(fromOctets(Array<number>(length).fill(1))).toBeNull(),
  );
});

describe('toName', () => {
  it.each([
    ['API.example.com', 'dns', 'api.example.com'],
    ['192.0.2.1', 'ip', '192.0.2.1'],
    ['2001:DB8:0::1', 'ip', '2001:db8::1'],
  ])('reads %s as an identifier of type %s', (given, type, value) =>
    expect(toIdentifier(toName(given) ?? '')).toEqual({ type, value }),
  );

  it.each([
    ['::ffff:192.0.2.1', 'Enter the IPv4 address: 192.0.2.1'],
    ['fe80::1%eth0', 'zone'],
    ['10.0.0.0/8', 'is a network'],
    ['2001:db8::/32', 'is a network'],
    ['*.192.0.2.1', 'is a wildcard of an IP address'],
    ['127.1', 'Did you mean 127.0.0.1?'],
    ['010.0.0.1', 'Did you mean 8.0.0.1?'],
    ['300.0.0.1', 'four numbers from 0 to 255'],
    ['1::2::3', 'is not a valid IPv6 address'],
    ['192.0.2.1:443', 'Did you mean 192.0.2.1?'],
    ['https://[2001:db8::1]/', 'Did you mean 2001:db8::1?'],
    ['a_b.example.com', 'underscore'],
    ['0.0.0.0', 'is the unspecified address, which no server has'],
    ['::', 'is the unspecified address'],
    ['[0:0:0:0:0:0:0:0]', 'is the unspecified address'],
    ['::ffff:0.0.0.0', 'is the unspecified address'],
    ['https://0.0.0.0:8443/', 'is the unspecified address'],
    ['255.255.255.255', 'is the broadcast address, which no server has'],
    ['224.0.0.1', 'is a multicast address, which no server has'],
    ['239.255.255.255', 'is a multicast address'],
    ['ff02::1', 'is a multicast address'],
    ['FF00::', 'is a multicast address'],
    ['0.0.0.0/0', 'such as 192.0.2.1'],
    ['0', 'four numbers from 0 to 255'],
  ])('rejects %s and says why', (given, why) => {
    expect(toName(given)).toBeNull();
    expect(explainInvalidName(given)).toContain(why);
    expect(CertificateNameSchema.safeParse(given).error?.issues[0]?.message).toContain(why);
  });

  it.each([
    '127.0.0.1',
    '::1',
    '0.0.0.1',
    '223.255.255.255',
    '240.0.0.1',
    '255.255.255.254',
    'fe80::1',
    'fd00::1',
  ])('accepts %s, which a server can have', (given) => expect(toName(given)).toBe(given));

  it('takes different spellings of one address as the same name', () => {
    expect(CertificateNamesSchema.parse(['::1', '0:0::1', '[::1]', 'a.example', 'A.example'])).toEqual([
      '::1',
      'a.example',
    ]);
  });
});

describe('IP addresses among names', () => {
  it('are covered by nothing but themselves', () => {
    expect(coversName('192.0.2.1', '192.0.2.1')).toBe(true);
    expect(coversName('*.0.2.1', '192.0.2.1')).toBe(false);
    expect(coversName('192.0.2.1', '192.0.2.10')).toBe(false);
    expect(coversName('::ffff:192.0.2.1', '192.0.2.1')).toBe(false);
    expect(coversName('2001:db8::1', '2001:db8::1')).toBe(true);
  });
  it('are not names of one label', () => expect(isSingleLabel('2001:db8::1')).toBe(false));
  it('are distinguished from host names', () => {
    expect(isIpAddress('1.example.com')).toBe(false);
    expect(isIpAddress('abcd.beef')).toBe(false);
  });
  it('get brackets in URLs if they are IPv6', () => {
    expect(toUrlHost('2001:db8::1')).toBe('[2001:db8::1]');
    expect(toUrlHost('192.0.2.1')).toBe('192.0.2.1');
  });
});
