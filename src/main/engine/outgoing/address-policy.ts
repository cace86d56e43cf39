// Decides which addresses Certdesk may connect to. It checks the address of the connection, not the name in a URL, so
// that DNS rebinding (a name server that changes its answer) gains nothing.
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
 * Who gave the address. `named`: the administrator with a startup option, or a signed-in user who saved it; it may be in
 * a private network. `open`: a token or a remote party (a CA, a certificate, a redirect, a DNS response).
 */
export type AddressOrigin = 'named' | 'open';

/** Why an address is refused. */
export type AddressRefusal = 'private' | 'metadata' | 'own-listener' | 'plain-http';

export interface AddressPolicy {
  /** Null if Certdesk may connect. @param address IPv4 or IPv6. */
  refusal(address: string, port: number, origin: AddressOrigin): AddressRefusal | null;
  readonly lookup: LookUp;
}

export type LookUp = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface AddressPolicyOptions {
  /** Private networks allowed for any origin (--allow-private), in CIDR notation. */
  readonly allowPrivate?: readonly string[];
  /** The ports that this Certdesk currently listens on. */
  readonly listeners?: () => readonly number[];
  /** Default: the system's resolver. */
  readonly lookup?: LookUp;
}

/** Creates the policy. Metadata services and own listeners are refused for every origin. */
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

/** The policy for plain http, which is allowed only in private networks: anyone on the way can read it. */
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

/** The reason for each refusal, as the end of a sentence that starts with the address. */
export const REFUSALS: Readonly<Record<AddressRefusal, string>> = {
  private:
    'points to a private network. Certdesk connects to it only if a signed-in person saved this address, or if it was started with --allow-private for that network',
  metadata: 'points to a cloud metadata service, to which Certdesk never connects',
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
