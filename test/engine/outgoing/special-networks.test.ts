// The list of special networks compared with IANA's special-purpose address registries, stored as data with their date.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  embeddedIpv4,
  isMetadataAddress,
  isPublicAddress,
} from '../../../src/main/engine/outgoing/special-networks.ts';

interface Row {
  readonly addressBlock: string;
  readonly name: string;
  readonly globallyReachable: 'True' | 'False' | 'N/A';
}

const FILE = new URL('../../fixtures/iana/special-purpose-registries.json', import.meta.url);
const registries: { readonly date: string; readonly ipv4: readonly Row[]; readonly ipv6: readonly Row[] } =
  JSON.parse(readFileSync(FILE, 'utf8'));
const rows = [...registries.ipv4, ...registries.ipv6];

/** The first, a middle and the last address of a block. */
function samplesOf(block: string): readonly string[] {
  const [address = '', prefix] = block.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const first = toNumber(address);
  const size = 1n << BigInt(bits - Number(prefix));
  return [first, first + size / 2n, first + size - 1n].map((value) => toAddress(value, bits));
}

function toNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = '', tail = ''] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const [left, right] = [head as string[], tail as string[]];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((sum, group) => sum * 65536n + BigInt(Number.parseInt(group, 16)), 0n);
}

function toAddress(value: bigint, bits: number): string {
  const width = bits === 32 ? 8n : 16n;
  const parts = Array.from({ length: bits / Number(width) }, (_, n) => {
    const shift = BigInt(bits) - width * BigInt(n + 1);
    return (value >> shift) & ((1n << width) - 1n);
  });
  return bits === 32 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}

/** The rows that contain an address, the most specific one first. */
function rowsOf(address: string): readonly Row[] {
  const [value, bits] = [toNumber(address), address.includes(':') ? 128 : 32];
  const own = bits === 128 ? registries.ipv6 : registries.ipv4;
  return own
    .filter(({ addressBlock }) => {
      const [first = '', prefix] = addressBlock.split('/');
      const shift = BigInt(bits - Number(prefix));
      return toNumber(first) >> shift === value >> shift;
    })
    .toSorted((a, b) => Number(b.addressBlock.split('/')[1]) - Number(a.addressBlock.split('/')[1]));
}

describe('the list of special networks', () => {
  it('agrees with both registries in every block', () => {
    expect(registries.date).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(rows.length).toBeGreaterThan(49);
    const wrong = rows.flatMap(({ addressBlock, name }) =>
      samplesOf(addressBlock)
        // Behind NAT64 the IPv4 address decides: see the next test.
        .filter((address) => rowsOf(address)[0]?.addressBlock !== '64:ff9b::/96')
        .filter((address) => isPublicAddress(address) !== (rowsOf(address)[0]?.globallyReachable === 'True'))
        .map((address) => `${address} (${name})`),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['64:ff9b::808:808', true],
    ['64:ff9b::8.8.8.8', true],
    ['64:ff9b::a00:1', false],
    ['64:ff9b::7f00:1', false],
  ])('classifies %s behind NAT64 by its IPv4 address', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ...['::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::8.8.8.8', '2002:a00:1::1', '2001:0:808:808::1'],
    ...['224.0.0.1', '239.255.255.250', 'ff02::1', 'fec0::1', '4000::1', 'fe80::1%eth0', 'localhost', ''],
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('embeddedIpv4', () => {
  it.each([
    ['::ffff:169.254.169.254', '169.254.169.254'],
    ['::a9fe:a9fe', '169.254.169.254'],
    ['64:ff9b::a9fe:a9fe', '169.254.169.254'],
    ['2002:a9fe:a9fe::1', '169.254.169.254'],
    ['2001:0:0:0:0:0:5601:5601', '169.254.169.254'],
    ['2606:4700::1111', null],
    ['::1', null],
    ['10.0.0.1', null],
  ])('%s: %s', (address, inner) => expect(embeddedIpv4(address)).toBe(inner));
});

describe('isMetadataAddress', () => {
  it.each([
    ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'],
    ...['fd20:ce::254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::'],
  ])('%s: yes', (address) => expect(isMetadataAddress(address)).toBe(true));
  it.each(['169.254.1.1', '10.0.0.1', '8.8.8.8', 'fd00::1', 'metadata'])('%s: no', (address) =>
    expect(isMetadataAddress(address)).toBe(false),
  );
});
