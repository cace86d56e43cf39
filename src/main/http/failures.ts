// Creates every error response in one format: for errors of operations, of Fastify and of Node's HTTP parser.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../shared/errors.ts';
import { CertdeskError, toCertdeskError } from '../engine/core/errors.ts';
import { retryAfterOf } from '../engine/core/retry-after.ts';
import { API_PREFIX, restOperations } from './rest.ts';

export const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** @returns NOT_FOUND if no operation has this path, METHOD_NOT_ALLOWED if one has it with another method */
export function notFound(request: FastifyRequest): CertdeskError {
  const path = (request.url.split('?')[0] ?? '').replace(/\/$/, '');
  const methods = restOperations()
    .filter(({ rest }) => isAddress(path, `${API_PREFIX}${rest.path}`))
    .map(({ rest }) => rest.method);
  if (methods.length === 0)
    return new CertdeskError('NOT_FOUND', `There is nothing at ${path.slice(0, 200) || '/'}`);
  return new CertdeskError('METHOD_NOT_ALLOWED', `${request.method} is not supported here`, {
    allow: [...new Set(methods)],
  });
}

/** @param template A path with parameters as {name}. */
function isAddress(path: string, template: string): boolean {
  const parts = path.split('/');
  const wanted = template.split('/');
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (part.startsWith('{') ? parts[at] !== '' : part === parts[at]))
  );
}

/** Maps Fastify's errors to error codes. Any other error that is no CertdeskError is a bug (INTERNAL). */
export function toFailure(error: unknown): CertdeskError {
  if (error instanceof CertdeskError) return error;
  const { code, statusCode = 500, message } = error as FastifyError;
  if (code === 'FST_ERR_BAD_URL')
    return new CertdeskError('INVALID_REQUEST', 'The URL is invalid: a % is not followed by two hex digits', {
      issues: [],
    });
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new CertdeskError('NOT_FOUND');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new CertdeskError('PAYLOAD_TOO_LARGE');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new CertdeskError('UNSUPPORTED_MEDIA_TYPE');
  // The static file plugin refuses such paths (`//api`, `/.git`).
  if (statusCode === 403 || statusCode === 404) return new CertdeskError('NOT_FOUND');
  if (statusCode >= 400 && statusCode < 500) {
    const sentence = error instanceof SyntaxError ? `The body is not JSON: ${message}` : message;
    return new CertdeskError('INVALID_REQUEST', sentence, { issues: [] });
  }
  return toCertdeskError(error);
}

/** Sends an error response. */
export function sendError(error: CertdeskError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.entry.status >= 500)
    request.log.error({ code: error.code, err: error.cause ?? error }, error.message);
  const { allow } = (error.details ?? {}) as { allow?: readonly string[] };
  const wait = retryAfterOf(error);
  if (wait !== null) reply.header('Retry-After', Math.ceil(wait / 1_000));
  if (allow !== undefined) reply.header('Allow', allow.join(', '));
  if (error.code === 'UNAUTHENTICATED') reply.header('WWW-Authenticate', 'Bearer');
  return reply
    .headers(SAFE_HEADERS)
    .code(error.entry.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(error.toBody()));
}

/** Answers input that Node cannot parse as a request. No handler exists for it, so this writes to the socket. */
export function refuseUnreadable({ code }: ConnectionError, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const failure = new CertdeskError(
    UNREADABLE[code] ?? 'INVALID_REQUEST',
    UNREADABLE[code] === undefined ? 'This is not HTTP' : undefined,
  );
  if (socket.writable) socket.write(rawAnswer(failure));
  socket.destroySoon();
}

/** An answer of HTTP/1.1 for a connection that no server of HTTP has. */
export function rawAnswer(failure: CertdeskError): string {
  const { status } = failure.entry;
  const body = JSON.stringify(failure.toBody());
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(SAFE_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Maps Node's codes of client errors to error codes. */
const UNREADABLE: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};
