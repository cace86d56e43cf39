// Decides which addresses Certdesk connects to. It judges the address of the connection, not the name in a URL, so that
// a name server which changes its answer (DNS rebinding) gains nothing.
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { isIP, isIPv4 } from 'node:net';
import { isOwnAddress } from './own-addresses.ts';
import {
  createNetworkList,
  embeddedIpv4,
  isMetadataAddress,
  isPublicAddress,
  type NetworkList,
  withoutZone,
} from './special-networks.ts';

/**
 * Who named the address. `named`: the administrator by a startup option, or a signed-in person who saved it; it may be
 * in a private network. `open`: a token, or a remote party (a CA, a certificate, a redirect, a DNS answer).
 */
export type AddressOrigin = 'named' | 'open';

/** Why an address is refused. */
export type AddressRefusal = 'private' | 'metadata' | 'own-listener' | 'plain-http';

export interface AddressPolicy {
  /** Null where Certdesk may connect. @param address IPv4 or IPv6. */
  refusal(address: string, port: number, origin: AddressOrigin): AddressRefusal | null;
  /** How names are resolved. */
  readonly lookup: LookUp;
}

export type LookUp = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface AddressPolicyOptions {
  /** Private networks that everybody may name (--allow-private), in CIDR notation. */
  readonly allowPrivate?: readonly string[];
  /** The ports that this Certdesk listens on, as they are now. */
  readonly listeners?: () => readonly number[];
  /** The system's by default. */
  readonly lookup?: LookUp;
}

export function createAddressPolicy(options: AddressPolicyOptions = {}): AddressPolicy {
  const allowed = createNetworkList(options.allowPrivate ?? []);
  const listeners = options.listeners ?? (() => []);
  return {
    lookup: options.lookup ?? lookup,
    refusal(given, port, origin) {
      const address = withoutZone(given);
      if (isMetadataAddress(address)) return 'metadata';
      if (listeners().includes(port) && isOwn(address)) return 'own-listener';
      if (origin === 'named' || isPublicAddress(address) || isAllowed(allowed, address)) return null;
      return 'private';
    },
  };
}

/** The same policy for plain http, which is for private networks only: what travels there is read by anybody. */
export function plainHttpPolicy(policy: AddressPolicy): AddressPolicy {
  return {
    ...policy,
    refusal: (address, port, origin) =>
      policy.refusal(address, port, origin) ?? (isPublicAddress(address) ? 'plain-http' : null),
  };
}

/** `10.0.0.0/8`, `fd00::/8` or a single address. */
export function isCidr(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv4(address) ? 32 : 128));
}

/** What a refusal means, as the end of a sentence about the address. */
export const REFUSALS: Readonly<Record<AddressRefusal, string>> = {
  private:
    'leads into a private network. Certdesk connects there only where a signed-in person saved this address, or where it was started with --allow-private for that network',
  metadata: 'leads to the metadata service of a cloud, where Certdesk never connects',
  'own-listener': 'points to a port that Certdesk itself listens on',
  'plain-http': 'is a public address, and plain http would expose it: use https',
};

function isOwn(address: string): boolean {
  const inner = embeddedIpv4(address);
  return isOwnAddress(address) || (inner !== null && isOwnAddress(inner));
}

function isAllowed(allowed: NetworkList, address: string): boolean {
  const inner = embeddedIpv4(address);
  return allowed.contains(address) || (inner !== null && allowed.contains(inner));
}
