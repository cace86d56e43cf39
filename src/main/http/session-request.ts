// Finds the session of a request. The cookie alone is not enough: servers on other ports of this host receive it, too,
// and can send it with any Origin.
import type { FastifyRequest } from 'fastify';
import { PAGE_SECRET_HEADER } from '../../shared/page-secret-header.ts';
import type { Session } from '../../shared/session.ts';
import type { Sessions } from '../engine/access/sessions.ts';
import { checkSessionOrigin } from './origin.ts';
import { readSessionCookie } from './session-cookie.ts';

/**
 * @returns null if the cookie or the page secret is missing, or they match no open session
 * @throws ORIGIN_NOT_ALLOWED
 */
export async function readSession(
  request: FastifyRequest,
  sessions: Pick<Sessions, 'authenticate'>,
): Promise<Session | null> {
  const cookie = readSessionCookie(request);
  const page = request.headers[PAGE_SECRET_HEADER];
  if (cookie === null || typeof page !== 'string') return null;
  checkSessionOrigin(request, cookie.secure);
  return sessions.authenticate({ cookie: cookie.secret, page });
}
