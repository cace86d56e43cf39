// Creates the TLS server: HTTP/1.1 and HTTP/2 by ALPN, with the certificate of engine/https, which it swaps without
// closing connections. Its limits are those of the plain HTTP server, and those that only HTTP/2 needs.
import { constants as tls } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { FastifyServerFactory } from 'fastify';
import { CertdeskError } from '../engine/core/errors.ts';
import type { HttpsService } from '../engine/https/https.ts';
import type { ServedCertificate } from '../engine/https/served-certificate.ts';
import type { AlpnServer } from './alpn-challenge.ts';
import { SAFE_HEADERS } from './failures.ts';
import { MAX_HEADER_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { sortConnections } from './sort-connections.ts';

const { SSL_OP_NO_RENEGOTIATION } = tls;
/** Time for a handshake, which needs no authentication, and for the first bytes of an unknown protocol. */
const HANDSHAKE_MS = 10_000;
/** A connection without any traffic ends after this time. Event streams send a comment more often. */
const IDLE_MS = 72_000;

const HTTP2_LIMITS = {
  // Node's default has no limit for streams.
  settings: { maxConcurrentStreams: 100, maxHeaderListSize: MAX_HEADER_BYTES, enablePush: false },
  /** In MB, for all streams of a connection. */
  maxSessionMemory: 4,
  maxSessionInvalidFrames: 50,
  maxSessionRejectedStreams: 50,
  // Rapid reset (CVE-2023-44487): the connection ends if a client resets more streams than these, per second.
  streamResetBurst: 200,
  streamResetRate: 20,
} as const;

const HTTP1_LIMITS = { keepAliveTimeout: IDLE_MS, maxHeaderSize: MAX_HEADER_BYTES };

/**
 * Returns Fastify's factory of the server. For Fastify it has the type of an HTTP/1.1 server, whose requests and replies
 * Node's HTTP/2 compatibility API imitates.
 * @param alpn Serves challenges of tls-alpn-01 on the same port.
 * @param requestTimeoutMs How long a request may take to arrive.
 */
export function createTlsServerFactory(
  https: Pick<HttpsService, 'current' | 'onChange'>,
  alpn?: AlpnServer,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): FastifyServerFactory<HttpServer> {
  return (handle) => createTlsServer(handle as Handler, https, { alpn, requestTimeoutMs });
}

type Handler = (request: IncomingMessage, reply: ServerResponse) => void;

function createTlsServer(
  handle: Handler,
  https: Pick<HttpsService, 'current' | 'onChange'>,
  { alpn, requestTimeoutMs }: { readonly alpn: AlpnServer | undefined; readonly requestTimeoutMs: number },
): HttpServer {
  const server = createSecureServer({
    ...contextOf(https.current()),
    ...HTTP2_LIMITS,
    allowHTTP1: true,
    handshakeTimeout: HANDSHAKE_MS,
    unknownProtocolTimeout: HANDSHAKE_MS,
    // Node accepts all options of http.createServer here, but its types name only some.
    http1Options: {
      ...HTTP1_LIMITS,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
    } as typeof HTTP1_LIMITS,
  });
  server.on('request', (request, reply) => {
    if (request.httpVersionMajor === 2 && !prepareHttp2(request, reply)) return;
    if (request.httpVersionMajor === 2) limitArrival(request, reply, requestTimeoutMs);
    handle(request as unknown as IncomingMessage, reply as unknown as ServerResponse);
  });
  server.on('session', endWhenIdle);
  sortConnections(server, HANDSHAKE_MS, alpn);
  const unlisten = https.onChange((certificate) => server.setSecureContext(contextOf(certificate)));
  server.once('close', unlisten);
  return server as unknown as HttpServer;
}

/**
 * RFC 9325 section 3.1.1: no TLS below 1.2. RFC 9113 section 9.2.1: no renegotiation, which costs a server more than a
 * client.
 */
function contextOf(certificate: ServedCertificate | null) {
  if (certificate === null) throw new Error('HTTPS was not started');
  const { cert, key } = certificate;
  return { cert, key, minVersion: 'TLSv1.2', secureOptions: SSL_OP_NO_RENEGOTIATION } as const;
}

function endWhenIdle(session: ServerHttp2Session): void {
  session.setTimeout(IDLE_MS, () => session.close());
  session.on('error', () => undefined); // of the peer, which is gone
}

/**
 * Sets the header Host, which HTTP/2 replaces by `:authority` (RFC 9113 section 8.3.1).
 * @returns false if the request was refused
 */
function prepareHttp2(request: Http2ServerRequest, reply: Http2ServerResponse): boolean {
  const { ':authority': authority, host } = request.headers;
  if (host !== undefined && authority !== undefined && host.toLowerCase() !== authority.toLowerCase()) {
    request.stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
    return false;
  }
  if (authority !== undefined) request.headers.host = authority;
  if (headerBytes(request) > MAX_HEADER_BYTES) {
    refuseHttp2(reply, new CertdeskError('HEADERS_TOO_LARGE'));
    return false;
  }
  reply.on('error', () => undefined); // a client that resets the stream
  return true;
}

/**
 * Limits the time for a body, as `requestTimeout` does for HTTP/1.1. A request without a body has arrived, and its
 * response, such as an event stream, may take as long as it wants.
 */
function limitArrival(request: Http2ServerRequest, reply: Http2ServerResponse, timeoutMs: number): void {
  if (request.stream.endAfterHeaders) return;
  const timer = setTimeout(() => refuseHttp2(reply, new CertdeskError('REQUEST_TIMEOUT')), timeoutMs);
  for (const end of ['end', 'close'] as const) request.once(end, () => clearTimeout(timer));
}

/** Node announces `maxHeaderListSize` but does not enforce it. */
function headerBytes({ rawHeaders }: Http2ServerRequest): number {
  return rawHeaders.reduce((sum, part) => sum + part.length, 0);
}

/** Answers before Fastify does, and ends the stream whatever the client still sends. */
function refuseHttp2(reply: Http2ServerResponse, failure: CertdeskError): void {
  const { stream } = reply;
  if (reply.headersSent) {
    stream.close(constants.NGHTTP2_CANCEL);
    return;
  }
  reply.writeHead(failure.entry.status, {
    ...SAFE_HEADERS,
    'content-type': 'application/json; charset=utf-8',
  });
  reply.end(JSON.stringify(failure.toBody()), () => stream.close(constants.NGHTTP2_NO_ERROR));
}
