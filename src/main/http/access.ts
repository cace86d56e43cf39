// Who may call: the Host header is one of the listener's own names, and the token or session is known.
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Session } from '../../shared/session.ts';
import type { Principal } from '../api/context.ts';
import type { Sessions } from '../engine/access/sessions.ts';
import type { Tokens } from '../engine/access/tokens.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { TokenRecord } from '../engine/core/model.ts';
import { readSession } from './session-request.ts';

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
      `Host ${JSON.stringify(host.slice(0, 100))} is not a name of this server. Use its address, or start with --allowed-host`,
    );
  };
}

/** More failed tokens and sign-ins than this a minute from one address are answered by 429. */
const FAILURES_A_MINUTE = 10;

/**
 * Passes on what `attempt` brings; counts it where the secret was wrong.
 * @throws what `attempt` throws, or TOO_MANY_REQUESTS (details.retryAfter in seconds) in its place.
 */
export type FailureLimit = <T>(request: FastifyRequest, attempt: Promise<T>) => Promise<T>;

/** One count for all kinds of secrets. */
export function createFailureLimit(app: FastifyInstance): FailureLimit {
  const count = app.createRateLimit({ max: FAILURES_A_MINUTE, timeWindow: '1 minute' });
  return async (request, attempt) => {
    try {
      return await attempt;
    } catch (error) {
      if (!(error instanceof CertdeskError) || error.entry.status !== 401) throw error;
      const limit = await count(request);
      if (limit.isAllowed || !limit.isExceeded) throw error;
      throw new CertdeskError(
        'TOO_MANY_REQUESTS',
        `Too many failed tokens or sign-ins from ${request.ip}. Wait ${limit.ttlInSeconds} seconds`,
        { retryAfter: limit.ttlInSeconds },
      );
    }
  };
}

export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

export interface AuthenticateDeps {
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly limitFailures: FailureLimit;
}

/**
 * @returns who the bearer token or the session's two secrets stand for; null if neither was sent, or the session has
 * ended.
 * @throws UNAUTHENTICATED, TOO_MANY_REQUESTS (details.retryAfter in seconds), ORIGIN_NOT_ALLOWED.
 */
export function createAuthenticate({ tokens, sessions, limitFailures }: AuthenticateDeps): Authenticate {
  return async (request) => {
    const token = bearerOf(request);
    // No page of another site can make a browser send this header: Origin does not matter.
    if (token !== null) return tokenPrincipal(await limitFailures(request, tokens.authenticate(token)));
    const session = await readSession(request, sessions);
    return session && sessionPrincipal(session);
  };
}

function tokenPrincipal({ id, name, scopes, projectIds }: TokenRecord): Principal {
  return { kind: 'token', id, name, scopes, projectIds, proofAt: null };
}

/** Whoever may open a sign-in link has the machine, or was handed it by who has: there is nothing to hold back. */
function sessionPrincipal({ id, name, proofAt }: Session): Principal {
  return { kind: 'session', id, name, scopes: [], projectIds: null, proofAt };
}

/** RFC 6750 section 2.1. @throws UNAUTHENTICATED for any other scheme. */
function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header);
  if (match?.[1] !== undefined) return match[1];
  throw new CertdeskError('UNAUTHENTICATED', 'The Authorization header must have the form: Bearer <token>');
}
