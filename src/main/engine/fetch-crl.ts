// Fetches a CRL. Its address comes out of a certificate that anybody may have uploaded, so it is asked at public
// addresses only, within bounds of time and size, and redirects are not followed.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { CertdeskError } from './errors.ts';
import { lazy } from './lazy.ts';

export interface CrlFetcher {
  /** @throws ACME_UNAVAILABLE (out of reach, not 200, too large, at a private address), the reason of `signal`. */
  fetch(url: string, signal: AbortSignal): Promise<Buffer>;
  close(): Promise<void>;
}

const MAX_BYTES = 16 * 1024 * 1024;
const WITHIN_MS = 20_000;

/** @param privateToo For tests, whose servers are on loopback. */
export function createCrlFetcher({ privateToo = false } = {}): CrlFetcher {
  const client = lazy(async () => {
    const { Agent, request } = await import('undici');
    const agent = new Agent({
      allowH2: false,
      maxResponseSize: MAX_BYTES,
      connect: { timeout: WITHIN_MS, ...(privateToo ? {} : { lookup: publicOnly }) },
    });
    return { agent, request };
  });
  return {
    async fetch(url, signal) {
      const { hostname } = new URL(url);
      const literal = hostname.replace(/^\[|\]$/g, '');
      // An address in place of a name is not looked up.
      if (!privateToo && isIP(literal) !== 0 && isPrivate(literal)) throw unavailable(url, PRIVATE);
      const until = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
      try {
        const { agent, request } = await client.get();
        const answer = await request(url, { dispatcher: agent, signal: until });
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
        return bytes;
      } catch (error) {
        signal.throwIfAborted();
        throw unavailable(url, error instanceof Error ? error.message : 'it failed', error);
      }
    },
    close: async () => (await client.made())?.agent.destroy(),
  };
}

/** Why an address was not asked. */
export const PRIVATE = 'it is at a private address, and those are not asked';

/** In place of Node's lookup: finds public addresses only, at the moment of the connection. */
export const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const open = (addresses ?? []).filter(({ address }) => !isPrivate(address));
    const [first] = open;
    if (error !== null || first === undefined) return callback(error ?? new Error(PRIVATE), '', 0);
    if (options.all === true) return callback(null, open);
    callback(null, first.address, first.family);
  });
};

/** Not to be reached from the Internet: RFC 6890 and its registries. */
const PRIVATE_NETS: readonly (readonly [net: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

/** IPv4 in IPv6 (`::ffff:10.0.0.1`) is judged as what it is: BlockList does that. */
export function isPrivate(address: string): boolean {
  const list = new BlockList();
  for (const [net, prefix] of PRIVATE_NETS) list.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function unavailable(url: string, why: string, cause?: unknown): CertdeskError {
  const message = `The CA's list of revoked certificates at ${url} could not be fetched: ${why}.`;
  return new CertdeskError('ACME_UNAVAILABLE', message, { url }, { cause });
}
