// Routes for signing in and out. The one-time link opens /login#<secret>. The page removes the secret from its URL
// (history.replaceState) and sends it as POST /login {"secret"}, so it appears in no log, history or Referer header.
// The response contains the session's two secrets: the cookie, and the page secret in the body.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PROVE } from '../../shared/session.ts';
import { SIGN_IN } from '../engine/access/sessions.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { invalid } from '../engine/core/invalid.ts';
import type { Actor } from '../engine/core/model.ts';
import type { Engine } from '../engine/engine.ts';
import type { FailureLimit } from './access.ts';
import { browserName } from './browser-name.ts';
import { readOwnOrigin } from './origin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';
import { readSession } from './session-request.ts';

const LoginSchema = z.strictObject({ secret: z.string().min(1).max(200) });

export interface SignInDeps {
  readonly engine: Pick<Engine, 'sessions' | 'journal'>;
  readonly limitFailures: FailureLimit;
}

export const SIGN_IN_PATHS: readonly string[] = ['/login', '/logout', '/activity'];

export function addSignIn(app: FastifyInstance, { engine, limitFailures }: SignInDeps): void {
  const { sessions, journal } = engine;

  /** Records a rejected link in the audit trail, up to the rate limit of failed attempts. */
  async function recordRefusal(actor: Actor, operation: string, error: unknown): Promise<void> {
    if (!(error instanceof CertdeskError) || error.code !== 'SIGN_IN_LINK_INVALID') return;
    const { code: result, message } = error;
    await journal.record({ actor, operation, projectId: null, jobId: null, result, message });
  }

  /**
   * `{ "secret" }` -> 200 `{ "success": true, "expiresAt", "pageSecret" }` and the cookie. In a browser that is already
   * signed in, the link is a fresh proof for the session, whose secrets stay the same: 200 `{ "success": true,
   * "expiresAt" }`. Failures: 400 INVALID_REQUEST, 401 SIGN_IN_LINK_INVALID, 403 ORIGIN_NOT_ALLOWED, 429
   * TOO_MANY_REQUESTS.
   */
  app.post('/login', async (request, reply) => {
    // Login CSRF: another site's page could sign this browser in to a session that an attacker controls.
    const { protocol } = readOwnOrigin(request);
    const linkSecret = readLinkSecret(request);
    const current = await readSession(request, sessions);
    const from = { name: browserName(request.headers['user-agent']), address: request.ip };
    const actor = { kind: 'window', id: null, ...from, ...(current && actorOf(current)) } as const;
    const use = async () => {
      if (current === null) return sessions.signIn(linkSecret, from);
      return { secrets: null, session: await sessions.prove(linkSecret, current.id) };
    };
    const attempt = limitFailures(request, use());
    const { secrets, session } = await attempt.catch(async (error: unknown) => {
      await recordRefusal(actor, current === null ? SIGN_IN : PROVE, error);
      throw error;
    });
    const { expiresAt } = session;
    const secure = protocol === 'https:';
    if (secrets !== null) {
      setSessionCookie(request, reply, { secret: secrets.cookie, secure });
      return { success: true, expiresAt, pageSecret: secrets.page };
    }
    const cookie = readSessionCookie(request);
    if (cookie !== null) setSessionCookie(request, reply, cookie); // restarts its lifetime of 12 hours
    return { success: true, expiresAt };
  });

  /** Responds 204 even without a session, because the browser is signed out either way. 403 ORIGIN_NOT_ALLOWED. */
  app.post('/logout', async (request, reply) => {
    // Also without a cookie: its name contains the port of Host, and a proxy that changes Host hides the session.
    readOwnOrigin(request);
    const session = await readSession(request, sessions);
    if (session !== null) {
      const act = {
        actor: { kind: 'window', ...actorOf(session), address: request.ip },
        operation: 'sessions.end',
        summary: 'Sign out',
        projectId: null,
        record: 'always',
      } as const;
      await journal.perform(act, () => sessions.end(session.id));
    }
    const cookie = readSessionCookie(request);
    if (cookie !== null) clearSessionCookie(request, reply, cookie);
    return reply.code(204).send();
  });

  /**
   * The page reports user activity, so the session is not idle. Other requests do not count as activity, because pages
   * also make them in the background. 204; 401 UNAUTHENTICATED if the session has ended.
   */
  app.post('/activity', async (request, reply) => {
    const session = await readSession(request, sessions);
    if (session === null) throw new CertdeskError('UNAUTHENTICATED', 'The session has ended. Sign in again');
    await sessions.touch(session.id);
    return reply.code(204).send();
  });
}

const actorOf = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** @throws INVALID_REQUEST */
function readLinkSecret({ body }: FastifyRequest): string {
  const read = LoginSchema.safeParse(body);
  if (read.success) return read.data.secret;
  const sentence = 'Send the secret of the sign-in link: {"secret": "…"}';
  throw invalid('secret', 'is missing or too long', sentence);
}
