// Opens connections to addresses given by a request or a remote party. The policy checks every address after DNS
// resolution, when the connection is opened.
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Agent, buildConnector } from 'undici';
import { CertdeskError } from '../core/errors.ts';
import { type AddressOrigin, type AddressPolicy, REFUSALS } from './address-policy.ts';
import { trustedRoots } from './trusted-roots.ts';

/** @throws ADDRESS_NOT_ALLOWED (details.host, details.refusal) */
function assertAddress(
  policy: AddressPolicy,
  at: { readonly host: string; readonly address: string; readonly port: number },
  origin: AddressOrigin,
): void {
  const refusal = policy.refusal(at.address, at.port, origin);
  if (refusal === null) return;
  const message = `${at.host} ${REFUSALS[refusal]}.`;
  throw new CertdeskError('ADDRESS_NOT_ALLOWED', message, { host: at.host, refusal });
}

/** Replaces Node's lookup and returns only addresses that the policy allows. Node does not call it for IP addresses. */
function guardedLookup(policy: AddressPolicy, port: number, origin: AddressOrigin): LookupFunction {
  return (host, options, callback) => {
    policy.lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const open = found.filter(({ address }) => policy.refusal(address, port, origin) === null);
      const [first] = open;
      if (first === undefined) {
        const refused = refusalOf(() =>
          assertAddress(policy, { host, address: found[0]?.address ?? '', port }, origin),
        );
        return callback(refused, '', 0);
      }
      if (options.all === true) return callback(null, open);
      callback(null, first.address, first.family);
    });
  };
}

/**
 * Resolves a host to an address that the policy allows.
 * @throws ADDRESS_NOT_ALLOWED, or the error of Node's lookup (`code`)
 */
export function resolveAddress(
  policy: AddressPolicy,
  { host, port }: { readonly host: string; readonly port: number },
  origin: AddressOrigin,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (isIP(host) !== 0) {
      assertAddress(policy, { host, address: host, port }, origin);
      return resolve(host);
    }
    guardedLookup(policy, port, origin)(host, {}, (error, address) =>
      error === null ? resolve(String(address)) : reject(error),
    );
  });
}

/**
 * Opens a TCP connection for protocols other than HTTP.
 * @throws ADDRESS_NOT_ALLOWED for an IP address; for a host name, the socket emits it as `error`
 */
export function connectTcp(
  policy: AddressPolicy,
  { host, port }: { readonly host: string; readonly port: number },
  origin: AddressOrigin,
): Socket {
  if (isIP(host) !== 0) assertAddress(policy, { host, address: host, port }, origin);
  return connect({ host, port, lookup: guardedLookup(policy, port, origin) });
}

export interface AgentOptions {
  readonly policy: AddressPolicy;
  readonly origin: AddressOrigin;
  readonly connectTimeoutMs: number;
  /** Bytes; no limit by default. */
  readonly maxResponseSize?: number;
  /** PEM roots to trust in addition to the bundled roots and the system's. */
  readonly extraRoots?: readonly string[];
}

/** Creates an undici Agent whose connections obey the policy. It uses HTTP/1.1 and does not follow redirects. */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const undici = await import('undici');
  return new undici.Agent({
    allowH2: false,
    maxResponseSize: options.maxResponseSize ?? -1,
    headersTimeout: 0, // callers set one deadline for the whole exchange
    bodyTimeout: 0,
    connect: guardedConnector(undici, options),
  });
}

function guardedConnector(
  undici: { readonly buildConnector: typeof buildConnector },
  { policy, origin, connectTimeoutMs, extraRoots }: AgentOptions,
): buildConnector.connector {
  // One context for all connections: parsing the roots takes 20 ms each time.
  let context: SecureContext | undefined;
  const secureContext = () => {
    context ??= createSecureContext({ ca: [...trustedRoots(), ...(extraRoots ?? [])] });
    return context;
  };
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    try {
      if (isIP(host) !== 0) assertAddress(policy, { host, address: host, port }, origin);
      const secure = target.protocol === 'https:' ? { secureContext: secureContext() } : {};
      const connectTo = undici.buildConnector({
        allowH2: false,
        maxCachedSessions: 0,
        timeout: connectTimeoutMs,
        lookup: guardedLookup(policy, port, origin),
        ...secure,
      });
      connectTo(target, callback);
    } catch (error) {
      callback(error as Error, null);
    }
  };
}

/** Finds ADDRESS_NOT_ALLOWED among the causes of a failed request; null if it failed for another reason. */
export function addressRefusal(error: unknown): CertdeskError | null {
  if (error instanceof CertdeskError) return error.code === 'ADDRESS_NOT_ALLOWED' ? error : null;
  if (error instanceof AggregateError) return addressRefusal(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? addressRefusal(error.cause) : null;
}

function refusalOf(check: () => void): NodeJS.ErrnoException {
  try {
    check();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  return new Error('no address');
}
