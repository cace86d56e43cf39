// Recognizes the addresses of this machine.
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** @param address IPv4 or IPv6 without a zone. 0.0.0.0 and :: count: a connection to them reaches this machine. */
export function isOwnAddress(address: string): boolean {
  if (address.startsWith('127.') || ['::1', '0.0.0.0', '::'].includes(address)) return true;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const wanted = canonical(address);
  return own.some((each) => canonical(each.address.split('%')[0] ?? '') === wanted);
}

/** Maps every spelling of an IPv6 address to the same text. */
function canonical(address: string): string {
  if (isIP(address) !== 6) return address;
  return URL.parse(`http://[${address}]`)?.hostname ?? address;
}
