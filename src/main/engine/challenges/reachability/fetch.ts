// Requests a probe as a CA requests an HTTP-01 token (RFC 8555 section 8.3): from one address, following redirects as
// Let's Encrypt does (at most 10, http and https on 80 and 443 only, certificates not checked).
// https://letsencrypt.org/docs/challenge-types/#http-01-challenge
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIpAddress } from '../../../../shared/ip-address.ts';

/** The ports that are contacted in place of 80 and 443; they differ only in tests. */
export interface WebPorts {
  readonly http: number;
  readonly https: number;
}

export interface FetchDeps {
  readonly ports: WebPorts;
  /** Timeout of one request with its response, in milliseconds. */
  readonly timeoutMs: number;
  /** The address of a redirect's host name; null if it has none. */
  lookup(name: string, signal: AbortSignal): Promise<string | null>;
  /** Why a redirect is not followed, as the end of a sentence; null if it is. */
  redirectRefusal(from: string, to: Hop): string | null;
}

/** The target of a redirect. */
export interface Hop {
  readonly url: URL;
  readonly address: string;
  readonly port: number;
}

/** Not requested, because Certdesk does not connect to the address. */
export interface NotAsked {
  readonly kind: 'not_asked';
  readonly redirects: readonly [];
}

/** The result. `reason` is Node's error code or a part of a sentence. */
export type Fetched =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly server: string | null;
      readonly body: string;
      readonly redirects: readonly string[];
    }
  | {
      readonly kind: 'refused' | 'timeout' | 'unreachable' | 'broken' | 'bad_redirect';
      readonly reason: string;
      readonly redirects: readonly string[];
    };

const MAX_REDIRECTS = 10;
/** A key authorization has about 87 characters; a longer body cannot be one. */
const MAX_BODY = 4096;

/**
 * Requests the URL at the address. Failures are results, not errors.
 * @throws the signal's reason
 */
export async function fetchAsCa(
  start: { readonly url: URL; readonly address: string },
  deps: FetchDeps,
  signal: AbortSignal,
): Promise<Fetched> {
  const redirects: string[] = [];
  let { url, address } = start;
  for (;;) {
    const answer = await request(url, address, deps, signal);
    if (answer.kind === 'failed') return { ...classify(answer.code), redirects };
    const { status, location } = answer;
    if (status < 300 || status > 399 || location === null) {
      return { kind: 'answer', status, server: answer.server, body: answer.body, redirects };
    }
    const bad = (reason: string): Fetched => ({ kind: 'bad_redirect', reason, redirects });
    const next = URL.parse(location, url);
    if (next === null) return bad('to something that is not a URL');
    redirects.push(shown(next));
    const refusal = refusalOf(next, url);
    if (refusal !== null) return bad(refusal);
    if (redirects.length > MAX_REDIRECTS) return bad(`more than ${MAX_REDIRECTS} times, possibly in a loop`);
    const found = next.hostname === url.hostname ? address : await deps.lookup(next.hostname, signal);
    if (found === null) return bad(`to ${next.hostname}, which has no address`);
    const hop = { url: next, address: found, port: portOf(next, deps.ports) };
    const refused = deps.redirectRefusal(address, hop);
    if (refused !== null) return bad(`to ${next.hostname}, ${refused}`);
    [url, address] = [next, found];
  }
}

/** Shortened for display. The query is omitted, because it may be confidential. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`.slice(0, 300);
}

function refusalOf({ protocol, port, hostname }: URL, from: URL): string | null {
  if (protocol !== 'http:' && protocol !== 'https:') return `to ${protocol}, which is neither http nor https`;
  if (port !== '' && port !== '80' && port !== '443') return `to port ${port}; CAs follow to 80 and 443 only`;
  if (isIpAddress(hostname) && hostname !== from.hostname)
    return 'to an address instead of a name, where CAs do not follow';
  return null;
}

type Response =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly location: string | null;
      readonly server: string | null;
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly code: string };

function request(url: URL, address: string, deps: FetchDeps, signal: AbortSignal): Promise<Response> {
  const secure = url.protocol === 'https:';
  const port = portOf(url, deps.ports);
  const end = AbortSignal.any([signal, AbortSignal.timeout(deps.timeoutMs)]);
  const options = {
    host: address,
    port,
    path: url.pathname + url.search,
    agent: false as const,
    signal: end,
    headers: { Host: url.host, 'User-Agent': 'Certdesk reachability test', Connection: 'close' },
  };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (signal.aborted) reject(signal.reason);
      else resolve({ kind: 'failed', code: end.aborted ? 'ETIMEDOUT' : (error.code ?? error.message) });
    };
    const receive = (answer: IncomingMessage): void => {
      readStart(answer).then((body) => {
        answer.destroy();
        const { location = null, server } = answer.headers;
        const named = typeof server === 'string' ? server : null;
        resolve({ kind: 'answered', status: answer.statusCode ?? 0, location, server: named, body });
      }, fail);
    };
    const sent = secure
      ? // CAs do not check it either: the server may not have a valid certificate yet.
        requestHttps({ ...options, servername: sniOf(url), rejectUnauthorized: false }, receive)
      : requestHttp(options, receive);
    sent.once('error', fail);
    sent.end();
  });
}

/** SNI carries no IP addresses (RFC 6066 section 3). */
function sniOf({ hostname }: URL): string {
  return isIpAddress(hostname) ? '' : hostname;
}

function portOf({ protocol, port }: URL, ports: WebPorts): number {
  const wanted = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return wanted === '443' ? ports.https : ports.http;
}

async function readStart(answer: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of answer) {
    body += String(chunk);
    if (body.length > MAX_BODY) break;
  }
  return body;
}

const UNREACHABLE = ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN', 'EACCES'];

/** Classifies an error of Node or of the system by its code. */
export function classify(code: string): {
  readonly kind: 'refused' | 'timeout' | 'unreachable' | 'broken';
  readonly reason: string;
} {
  if (code === 'ECONNREFUSED') return { kind: 'refused', reason: code };
  if (code === 'ETIMEDOUT') return { kind: 'timeout', reason: code };
  return { kind: UNREACHABLE.includes(code) ? 'unreachable' : 'broken', reason: code };
}
