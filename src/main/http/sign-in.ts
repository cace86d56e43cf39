// Signing in and out. The one-time link opens /login#<secret>; the page there takes the secret out of its address
// (history.replaceState) and sends it as POST /login {"secret"}, so that it is in no log, history or Referer. The
// answer is the cookie; a page that has it calls /trpc, and POST /logout ends the session.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CertdeskError } from '../engine/errors.ts';
import type { Engine } from '../engine/index.ts';
import type { Actor } from '../engine/model.ts';
import { SIGN_IN } from '../engine/sessions.ts';
import type { FailureLimit } from './access.ts';
import { browserName } from './browser-name.ts';
import { checkSessionOrigin, readOwnOrigin } from './origin.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';

const LoginSchema = z.strictObject({ secret: z.string().min(1).max(200) });

export interface SignInDeps {
  readonly engine: Pick<Engine, 'sessions' | 'journal'>;
  readonly limitFailures: FailureLimit;
}

export const SIGN_IN_PATHS: readonly string[] = ['/login', '/logout'];

export function addSignIn(app: FastifyInstance, { engine, limitFailures }: SignInDeps): void {
  const { sessions, journal } = engine;

  /** Wrong links are in the audit trail as far as they are counted: no more than that many a minute. */
  async function refused(from: Pick<Actor, 'name' | 'address'>, error: unknown): Promise<never> {
    if (error instanceof CertdeskError && error.code === 'SIGN_IN_LINK_INVALID') {
      const actor = { ...from, kind: 'window', id: null } as const;
      const { code: result, message } = error;
      await journal.record({ actor, operation: SIGN_IN, projectId: null, jobId: null, result, message });
    }
    throw error;
  }

  /**
   * `{ "secret" }` -> 200 `{ "success": true, "expiresAt" }` and the cookie. Failures: 400 INVALID_REQUEST, 401
   * SIGN_IN_LINK_INVALID, 403 ORIGIN_NOT_ALLOWED, 429 TOO_MANY_REQUESTS.
   */
  app.post('/login', async (request, reply) => {
    // Not by another's page either: it could sign this browser in to a session that its author watches.
    const { protocol } = readOwnOrigin(request);
    const body = LoginSchema.safeParse(request.body);
    if (!body.success)
      throw new CertdeskError('INVALID_REQUEST', 'Send the secret of the sign-in link: {"secret": "…"}', {
        issues: [{ field: 'secret', message: 'is missing or too long' }],
      });
    const from = { name: browserName(request.headers['user-agent']), address: request.ip };
    const attempt = limitFailures(request, sessions.open(body.data.secret, from));
    const opened = await attempt.catch((error: unknown) => refused(from, error));
    setSessionCookie(request, reply, { secret: opened.secret, secure: protocol === 'https:' });
    return { success: true, expiresAt: opened.session.expiresAt };
  });

  /** 204, also where there was no session: whoever asks is signed out after it. 403 ORIGIN_NOT_ALLOWED. */
  app.post('/logout', async (request, reply) => {
    // Without a cookie too: its name holds the port of the Host, and one that a proxy changed hides the session.
    readOwnOrigin(request);
    const cookie = readSessionCookie(request);
    if (cookie !== null) {
      checkSessionOrigin(request, cookie.secure);
      const session = await sessions.authenticate(cookie.secret);
      if (session !== null) {
        const { id, name } = session;
        const actor = { kind: 'window', id, name, address: request.ip } as const;
        const act = {
          actor,
          operation: 'sessions.end',
          summary: 'Sign out',
          projectId: null,
          record: 'always',
        } as const;
        await journal.perform(act, () => sessions.end(id));
      }
      clearSessionCookie(request, reply, cookie);
    }
    return reply.code(204).send();
  });
}
