// Reads and writes the session cookie (RFC 6265bis): hidden from scripts, and sent only by pages of this site.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_MS } from '../engine/access/sessions.ts';

/** `__Host-` binds a cookie to https, this host and the path / (RFC 6265bis section 4.1.3.2). */
const SECURE_PREFIX = '__Host-';

export interface SessionCookie {
  readonly secret: string;
  /** Whether it was set over https, which binds it to https. */
  readonly secure: boolean;
}

/** @returns null if the request has no session cookie */
export function readSessionCookie(request: FastifyRequest): SessionCookie | null {
  const cookies = parse(request.headers.cookie ?? '');
  const name = nameFor(request);
  for (const secure of [true, false]) {
    const secret = cookies.get(secure ? SECURE_PREFIX + name : name);
    if (secret !== undefined && secret !== '') return { secret, secure };
  }
  return null;
}

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { secret, secure }: SessionCookie,
): void {
  reply.header('Set-Cookie', format(request, { secret, secure, maxAge: SESSION_MS / 1000 }));
}

export function clearSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { secure }: SessionCookie,
): void {
  reply.header('Set-Cookie', format(request, { secret: '', secure, maxAge: 0 }));
}

function format(
  request: FastifyRequest,
  { secret, secure, maxAge }: SessionCookie & { readonly maxAge: number },
): string {
  const name = (secure ? SECURE_PREFIX : '') + nameFor(request);
  const flags = ['Path=/', `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Strict', ...(secure ? ['Secure'] : [])];
  return [`${name}=${secret}`, ...flags].join('; ');
}

/** Cookies ignore ports. With the port in the name, two installations on one machine do not sign each other out. */
function nameFor(request: FastifyRequest): string {
  const [, port] = /:(\d+)$/.exec(request.headers.host ?? '') ?? [];
  return port === undefined ? 'certdesk' : `certdesk-${port}`;
}

function parse(header: string): ReadonlyMap<string, string> {
  return new Map(
    header.split(';').map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
}
