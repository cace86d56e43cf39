// Which addresses a public CA can route to, and which are this machine's own.
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** IANA's special-purpose registries (RFC 6890 and its updates): not reachable from the public internet. */
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
const IPV6: readonly (readonly [string, number])[] = [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const blocked = new BlockList();
  for (const [net, prefix] of IPV4) blocked.addSubnet(net, prefix, 'ipv4');
  for (const [net, prefix] of IPV6) blocked.addSubnet(net, prefix, 'ipv6');
  return !blocked.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

export function isOwnAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const wanted = canonical(address);
  return own.some((each) => canonical(each.address.split('%')[0] ?? '') === wanted);
}

/** Two spellings of one IPv6 address are one. */
function canonical(address: string): string {
  if (isIP(address) !== 6) return address;
  return URL.parse(`http://[${address}]`)?.hostname ?? address;
}
