// Who may call: the Host header is one of the listener's own names, and the token is known.
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../api/context.ts';
import { CertdeskError } from '../engine/errors.ts';
import type { Tokens } from '../engine/tokens.ts';

/**
 * A page of a foreign site whose name is pointed at 127.0.0.1 (DNS rebinding) sends its own name as Host. Such an
 * attack needs a name, so addresses are taken, and of names only this machine's and those that were allowed.
 */
export function createHostCheck(allowed: readonly string[]): (request: FastifyRequest) => void {
  const names = new Set(['localhost', hostname(), ...allowed].map((name) => name.toLowerCase()));
  return (request) => {
    const host = request.headers.host ?? '';
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (names.has(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return;
    throw new CertdeskError(
      'HOST_NOT_ALLOWED',
      `Host ${JSON.stringify(host.slice(0, 100))} is not a name of this listener. Use its address, or start with --allowed-host`,
    );
  };
}

/** More failed tokens than this a minute from one address are answered by 429. */
const FAILURES_A_MINUTE = 10;

export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

/**
 * @returns who the bearer token stands for; null where none was sent.
 * @throws UNAUTHENTICATED, TOO_MANY_REQUESTS (details.retryAfter in seconds).
 */
export function createAuthenticate(app: FastifyInstance, tokens: Tokens): Authenticate {
  const countFailure = app.createRateLimit({ max: FAILURES_A_MINUTE, timeWindow: '1 minute' });
  return async (request) => {
    const secret = bearerOf(request);
    if (secret === null) return null;
    try {
      const { id, name, scopes, projectIds } = await tokens.authenticate(secret);
      return { id, name, scopes, projectIds };
    } catch (error) {
      if (!(error instanceof CertdeskError) || error.code !== 'UNAUTHENTICATED') throw error;
      const limit = await countFailure(request);
      if (limit.isAllowed || !limit.isExceeded) throw error;
      throw new CertdeskError(
        'TOO_MANY_REQUESTS',
        `Too many failed tokens from ${request.ip}. Wait ${limit.ttlInSeconds} seconds`,
        { retryAfter: limit.ttlInSeconds },
      );
    }
  };
}

/** RFC 6750 section 2.1. @throws UNAUTHENTICATED for any other scheme. */
function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header);
  if (match?.[1] !== undefined) return match[1];
  throw new CertdeskError('UNAUTHENTICATED', 'The Authorization header is not of the form: Bearer <token>');
}
