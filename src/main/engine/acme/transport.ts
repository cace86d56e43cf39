// HTTP to a CA over undici: one keep-alive agent, a deadline for every request, and failures that name their cause.
import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates } from 'node:tls';
import { CertdeskError } from '../errors.ts';
import { decodePem, readPemBlocks } from '../inspect/pem.ts';
import { lazy } from '../lazy.ts';
import type { Log } from '../ports.ts';
import { createHolds } from './holds.ts';
import { networkError } from './network-error.ts';
import type { AcmeResponse } from './problem.ts';

export interface TransportOptions {
  /** The most that a request may take, from looking up the name to the last octet of the answer. */
  readonly requestTimeoutMs: number;
  /** PEM: roots to trust beside Node's own. */
  readonly trustedRoots?: string | undefined;
  /** RFC 8555 section 6.1 wants one: `certdesk/1.2.3`. */
  readonly userAgent: string;
  readonly log?: Log | undefined;
  /** Told of each request that was sent; null where no answer came. */
  readonly onAnswer?: ((url: string, status: number | null) => void) | undefined;
}

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  /** A JWS, serialised. */
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  /**
   * Resolves with whatever the CA answered, redirects and errors too. Rejects with ACME_TIMEOUT, ACME_UNAVAILABLE,
   * ACME_PROTOCOL_ERROR (not an https address, an answer that is not HTTP or over 2 MiB), the signal's reason, or the
   * refusal of an earlier request where the CA wants that address left alone for over 10 s more (holds.ts).
   */
  send(request: TransportRequest): Promise<AcmeResponse>;
  /** Ends what is under way and closes the connections. */
  close(): Promise<void>;
}

const MAX_ANSWER = 2 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

export function createTransport(options: TransportOptions): Transport {
  const trusted = trust(options.trustedRoots);
  const holds = createHolds();
  const client = lazy(async () => {
    const { Agent, request } = await import('undici');
    const agent = new Agent({
      allowH2: false,
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, options.requestTimeoutMs), ...trusted },
      maxResponseSize: MAX_ANSWER,
      headersTimeout: 0, // the deadline below covers all of it
      bodyTimeout: 0,
    });
    return { agent, request };
  });
  return {
    async send({ method, url, body, signal }) {
      signal?.throwIfAborted();
      assertSecure(url);
      await holds.pass(url, signal);
      const { agent, request } = await client.get();
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
        options.onAnswer?.(url, answer.statusCode);
        const ms = Math.round(performance.now() - started);
        options.log?.debug({ method, url, status: answer.statusCode, ms }, 'acme request');
        const response = { url, status: answer.statusCode, headers: flatten(answer.headers), text };
        holds.heed(response, body !== undefined);
        return response;
      } catch (error) {
        options.onAnswer?.(url, null);
        signal?.throwIfAborted();
        if (deadline.aborted) throw timeoutError(url, options.requestTimeoutMs);
        throw networkError(error, url);
      }
    },
    close: async () => (await client.made())?.agent.destroy(),
  };
}

/**
 * One secure context for all connections, since reading some 150 roots takes tens of milliseconds. Left to Node,
 * which keeps its own, where there is nothing to add.
 */
function trust(roots: string | undefined): object {
  if (roots === undefined) return {};
  const blocks = readPemBlocks(roots).filter(({ label }) => label === 'CERTIFICATE');
  let pems: readonly string[];
  try {
    if (blocks.length === 0) throw new Error('no PEM certificate in it');
    pems = blocks.map((block) => new X509Certificate(decodePem(block)?.der ?? '').toString());
  } catch (cause) {
    const message =
      'The roots to trust (--acme-ca-file) are not PEM certificates. Give a file of PEM certificates.';
    throw new CertdeskError('INVALID_REQUEST', message, { field: 'acme-ca-file' }, { cause });
  }
  return { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ...pems] }) };
}

/** RFC 8555 section 6.1: always HTTPS. Loopback is the one exception: a test's server, a proxy of the admin's. */
function assertSecure(url: string): void {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'https:') return;
  if (parsed?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname)) return;
  throw new CertdeskError('ACME_PROTOCOL_ERROR', `The CA gave ${url}, which is not an https address.`, {
    url,
  });
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
