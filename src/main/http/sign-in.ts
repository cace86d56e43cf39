// Signing in and out. The one-time link opens /login#<secret>; the page there takes the secret out of its address
// (history.replaceState) and sends it as POST /login {"secret"}, so that it is in no log, history or Referer. The
// response has the session's two secrets: the cookie, and the page secret in the body.

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

  /** Wrong links are in the audit trail as far as they are counted: no more than that many a minute. */
  async function recordRefusal(actor: Actor, operation: string, error: unknown): Promise<void> {
    if (!(error instanceof CertdeskError) || error.code !== 'SIGN_IN_LINK_INVALID') return;
    const { code: result, message } = error;
    await journal.record({ actor, operation, projectId: null, jobId: null, result, message });
  }

  /**
   * `{ "secret" }` -> 200 `{ "success": true, "expiresAt", "pageSecret" }` and the cookie. In a browser that is signed
   * in already the link is a fresh proof for that session, which keeps its secrets: 200 `{ "success": true,
   * "expiresAt" }`. Failures: 400 INVALID_REQUEST, 401 SIGN_IN_LINK_INVALID, 403 ORIGIN_NOT_ALLOWED, 429
   * TOO_MANY_REQUESTS.
   */
  app.post('/login', async (request, reply) => {
    // Not by another's page either: it could sign this browser in to a session that its author watches.
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
    if (cookie !== null) setSessionCookie(request, reply, cookie); // its 12 hours start over
    return { success: true, expiresAt };
  });

  /** 204, also if there was no session: the browser is signed out after it. 403 ORIGIN_NOT_ALLOWED. */
  app.post('/logout', async (request, reply) => {
    // Without a cookie too: its name holds the port of the Host, and one that a proxy changed hides the session.
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
   * The page reports that its person did something, so the session is not idle. Other calls do not tell: pages also make
   * them on their own. 204; 401 UNAUTHENTICATED if the session has ended.
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
