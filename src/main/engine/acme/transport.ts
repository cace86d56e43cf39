// Sends HTTP requests to CAs with undici: keep-alive connections, a deadline for every request, and errors that name
// their cause.
import { X509Certificate } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CertdeskError } from '../core/errors.ts';
import { lazy } from '../core/lazy.ts';
import type { Log } from '../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../outgoing/address-policy.ts';
import { createAgent } from '../outgoing/connect.ts';
import { decodePem, readPemBlocks } from '../pki/inspect/pem.ts';
import { networkError } from './network-error.ts';
import type { AcmeResponse } from './problem.ts';
import { createRetryAfterGate, type GateMemory } from './retry-after-gate.ts';

export interface TransportOptions {
  /** Stores long waits (Retry-After) for the next start. Default: they end with the process. */
  readonly memory?: GateMemory;
  /** The time limit of a request, from the DNS lookup to the last byte of the response. */
  readonly requestTimeoutMs: number;
  readonly addressPolicy: AddressPolicy;
  /** Who gave this directory, which decides whether it may be in a private network. Default: `open`. */
  readonly directoryOrigin?: (directoryUrl: string) => Promise<AddressOrigin>;
  /** PEM roots to trust in addition to trusted-roots.ts. */
  readonly trustedRoots?: string | undefined;
  /** Required by RFC 8555 section 6.1: `certdesk/1.2.3`. */
  readonly userAgent: string;
  readonly log?: Log | undefined;
  /** Called after each request, with status null if there was no response. */
  readonly onAnswer?: ((url: string, status: number | null) => void) | undefined;
}

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  /** The CA's directory. `url` must have its scheme, and has its permission for private networks only on the same origin. */
  readonly directoryUrl: string;
  /** A serialized JWS. */
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  /**
   * Resolves with the CA's response, including redirects and errors.
   * @throws ACME_TIMEOUT, ACME_UNAVAILABLE, ACME_PROTOCOL_ERROR (a URL with another scheme than the directory, or a
   * response that is not HTTP or over 1 MiB), ADDRESS_NOT_ALLOWED, the reason of `signal`, or the refusal of an earlier
   * request if the CA's Retry-After for this URL lasts over 10 s more (retry-after-gate.ts)
   */
  send(request: TransportRequest): Promise<AcmeResponse>;
  /** Aborts running requests and closes all connections. */
  close(): Promise<void>;
}

/** Octets. Chains have some 10 KiB. Reading a hostile chain of 2 MiB blocked the event loop for 0.2 s on a slow machine. */
const MAX_ANSWER = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** Creates a transport; connections open on the first request. @throws INVALID_REQUEST for invalid `trustedRoots` */
export function createTransport(options: TransportOptions): Transport {
  const extraRoots = readRoots(options.trustedRoots);
  const directoryOrigin = options.directoryOrigin ?? (async () => 'open' as const);
  const gate = createRetryAfterGate(undefined, options.memory);
  const client = lazy(async () => {
    const { request } = await import('undici');
    const bounds = {
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, options.requestTimeoutMs),
      maxResponseSize: MAX_ANSWER,
    };
    const agentFor = (origin: AddressOrigin) =>
      createAgent({ policy: options.addressPolicy, origin, extraRoots, ...bounds });
    return { request, named: await agentFor('named'), open: await agentFor('open') };
  });
  return {
    async send({ method, url, directoryUrl, body, signal }) {
      signal?.throwIfAborted();
      assertScheme(url, directoryUrl);
      await gate.pass(url, signal);
      // The user trusted the directory's origin. Other origins come from the CA's responses.
      const isSameOrigin = new URL(url).origin === new URL(directoryUrl).origin;
      const origin = isSameOrigin ? await directoryOrigin(directoryUrl) : 'open';
      const { request, [origin]: agent } = await client.get();
      const deadline = AbortSignal.timeout(options.requestTimeoutMs);
      const started = performance.now();
      try {
        const answer = await request(url, {
          method,
          headers: {
            'user-agent': options.userAgent,
            'accept-language': 'en',
            ...(body === undefined ? {} : { 'content-type': 'application/jose+json' }),
          },
          body: body ?? null,
          dispatcher: agent,
          signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
        });
        const text = await answer.body.text();
        await nextTurn(); // undici reuses a connection from the next turn on; a request before opens another one
        options.onAnswer?.(url, answer.statusCode);
        const ms = Math.round(performance.now() - started);
        options.log?.debug({ method, url, status: answer.statusCode, ms }, 'acme request');
        const response = { url, status: answer.statusCode, headers: flatten(answer.headers), text };
        await gate.heed(response, body !== undefined);
        return response;
      } catch (error) {
        options.onAnswer?.(url, null);
        signal?.throwIfAborted();
        if (deadline.aborted) throw timeoutError(url, options.requestTimeoutMs);
        throw networkError(error, url);
      }
    },
    async close() {
      const agents = await client.made();
      await Promise.all([agents?.named.destroy(), agents?.open.destroy()]);
    },
  };
}

function readRoots(roots: string | undefined): readonly string[] {
  if (roots === undefined) return [];
  const blocks = readPemBlocks(roots).filter(({ label }) => label === 'CERTIFICATE');
  let pems: readonly string[];
  try {
    if (blocks.length === 0) throw new Error('no PEM certificate in it');
    pems = blocks.map((block) => new X509Certificate(decodePem(block)?.der ?? '').toString());
  } catch (cause) {
    const message =
      'The file of --acme-ca-file contains no PEM certificates. Use a file with PEM certificates.';
    throw new CertdeskError(
      'INVALID_REQUEST',
      message,
      { issues: [{ field: 'acme-ca-file', message }] },
      { cause },
    );
  }
  return pems;
}

/**
 * RFC 8555 section 6.1 requires HTTPS. A directory with plain http is a test server on loopback, and then all of its URLs
 * use http.
 */
function assertScheme(url: string, directoryUrl: string): void {
  const [parsed, directory] = [URL.parse(url), new URL(directoryUrl)];
  const isSecure = directory.protocol === 'https:';
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(directory.hostname);
  const isHttp = directory.protocol === 'http:' && isLoopback;
  if (parsed?.protocol === directory.protocol && (isSecure || isHttp)) return;
  const scheme = isHttp ? 'http' : 'https';
  const message = `The CA sent ${url}, which is not an ${scheme} URL like its directory.`;
  throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url });
}

function timeoutError(url: string, ms: number): CertdeskError {
  const { host } = new URL(url);
  const message = `The CA (${host}) did not answer within ${ms / 1000} seconds. Try again later.`;
  return new CertdeskError('ACME_TIMEOUT', message, { url });
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) fields[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return fields;
}
