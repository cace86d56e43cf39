// Resolves a host to all of its addresses, A and AAAA, through the policy's resolver.
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { within } from '../core/with-timeout.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';

export type Resolution =
  | { readonly state: 'resolved'; readonly addresses: readonly string[] }
  /** `unresolved`: DNS says that the name has no address. `lookup-failed`: no DNS server answered. */
  | { readonly state: 'unresolved' | 'lookup-failed'; readonly message: string };

export interface ResolveOptions {
  readonly signal: AbortSignal;
  /** Default: 10,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * @param host A name or an IP address, which is its own only address.
 * @returns each address once, IPv4 first
 * @throws only the reason of `signal`
 */
export async function resolveHost(
  policy: Pick<AddressPolicy, 'lookup'>,
  host: string,
  { signal, timeoutMs = TIMEOUT_MS }: ResolveOptions,
): Promise<Resolution> {
  if (isIP(host.split('%')[0] ?? '') !== 0) return { state: 'resolved', addresses: [host] };
  const late = () => new Error(`no answer within ${timeoutMs / 1000} seconds`);
  try {
    const found = await within(lookUp(policy, host), { timeoutMs, signal, late });
    const addresses = found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
    if (addresses.length > 0) return { state: 'resolved', addresses: [...new Set(addresses)] };
    return { state: 'unresolved', message: `${host} has no address.` };
  } catch (error) {
    signal.throwIfAborted();
    return explain(host, error as NodeJS.ErrnoException);
  }
}

/** EAI_NODATA and EAI_NONAME, both ENOTFOUND in Node; ENODATA comes from resolvers that speak DNS themselves. */
const NO_ADDRESS = ['ENOTFOUND', 'ENODATA'];

function explain(host: string, { code, message }: NodeJS.ErrnoException): Resolution {
  if (code !== undefined && NO_ADDRESS.includes(code))
    return { state: 'unresolved', message: `${host} has no address: DNS does not know the name.` };
  return {
    state: 'lookup-failed',
    message: `The addresses of ${host} could not be looked up (${code ?? message}).`,
  };
}

function lookUp({ lookup }: Pick<AddressPolicy, 'lookup'>, host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}
