// Checks the Host header and authenticates the token or session of a request.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Session } from '../../shared/session.ts';
import type { Principal } from '../api/context.ts';
import type { Sessions } from '../engine/access/sessions.ts';
import type { AuthenticatedToken, Tokens } from '../engine/access/tokens.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { LocalAccess } from './local-access.ts';
import type { IsOwnName } from './own-names.ts';
import { readSession } from './session-request.ts';

/** @throws HOST_NOT_ALLOWED for the Host header of another server */
export function createHostCheck(isOwnName: IsOwnName): (request: FastifyRequest) => void {
  return ({ headers: { host } }) => {
    if (isOwnName(host)) return;
    throw new CertdeskError(
      'HOST_NOT_ALLOWED',
      `Host ${JSON.stringify((host ?? '').slice(0, 100))} is not a name of this server. Use its address, or start with --allowed-host`,
    );
  };
}

/** More failed tokens and sign-ins per minute from one address than this get status 429. */
const FAILURES_A_MINUTE = 10;

/**
 * Returns the result of `attempt` and counts wrong secrets.
 * @throws what `attempt` throws, or TOO_MANY_REQUESTS (details.retryAfter in seconds) instead
 */
export type FailureLimit = <T>(request: FastifyRequest, attempt: Promise<T>) => Promise<T>;

/** Creates one counter for all kinds of secrets. */
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
  readonly localAccess: LocalAccess;
}

/**
 * @returns the caller that the bearer token or the session's two secrets identify; null if the request has neither, or
 * the session has ended
 * @throws UNAUTHENTICATED, TOO_MANY_REQUESTS (details.retryAfter in seconds), ORIGIN_NOT_ALLOWED.
 */
export function createAuthenticate({
  tokens,
  sessions,
  limitFailures,
  localAccess,
}: AuthenticateDeps): Authenticate {
  return async (request) => {
    const token = bearerOf(request);
    // A page of another site cannot make a browser send this header, so Origin does not matter.
    if (token !== null)
      return (
        localAccess.authenticate(token, request) ??
        tokenPrincipal(await limitFailures(request, tokens.authenticate(token)))
      );
    const session = await readSession(request, sessions);
    return session && sessionPrincipal(session);
  };
}

function tokenPrincipal({ id, name, scopes, projectIds }: AuthenticatedToken): Principal {
  return { kind: 'token', id, name, scopes, projectIds, proofAt: null };
}

/**
 * A session has all scopes: the owner of a sign-in link has access to the machine, or got the link from someone who
 * has.
 */
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
