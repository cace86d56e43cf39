// Serves http-01 challenges (RFC 8555 section 8.3): on a separate listener that serves nothing else except redirects to
// HTTPS, and on the API listener for reverse proxies. Requests need no authentication, and any Host is accepted.
import { createServer, type Server } from 'node:http';
import type { Listening } from './listen.ts';
import { listen } from './listen.ts';

export const CHALLENGE_PREFIX = '/.well-known/acme-challenge/';

/** Only base64url (RFC 8555 section 8.3), so a token cannot contain a path. */
const TOKEN = /^[A-Za-z0-9_-]{1,512}$/;

export type AnswerChallenge = (token: string) => string | null;

/** @returns the key authorization for a request's path; null if there is none */
export function answerPath(path: string, answer: AnswerChallenge): string | null {
  if (!path.startsWith(CHALLENGE_PREFIX)) return null;
  const token = path.slice(CHALLENGE_PREFIX.length);
  return TOKEN.test(token) ? answer(token) : null;
}

const TEXT = 'text/plain; charset=utf-8';

/** @returns where a request by plain HTTP is sent instead; null to answer 404 */
export type Redirect = (host: string | undefined, url: string) => string | null;

export interface ChallengeListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Opens the listener for challenges. @throws LISTEN_FAILED with advice */
export async function openChallengeListener(
  at: Listening,
  answer: AnswerChallenge,
  redirect: Redirect = () => null,
): Promise<ChallengeListener> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, keepAlive: false },
    (request, reply) => {
      request.resume();
      const [path = ''] = (request.url ?? '').split('?');
      const readable = request.method === 'GET' || request.method === 'HEAD';
      const isChallenge = path.startsWith(CHALLENGE_PREFIX);
      const target = readable && !isChallenge ? redirect(request.headers.host, request.url ?? '/') : null;
      if (target !== null) {
        // Temporary: a browser would remember a permanent one after HTTPS is turned off.
        reply.writeHead(307, { Location: target, 'Content-Length': 0, Connection: 'close' }).end();
        return;
      }
      const body = readable ? answerPath(path, answer) : null;
      reply.writeHead(body === null ? 404 : 200, { 'Content-Type': TEXT, Connection: 'close' });
      reply.end(
        request.method === 'HEAD'
          ? undefined
          : (body ?? 'Not found. This path only serves ACME challenges\n'),
      );
    },
  );
  const port = await listen(server, at);
  return { port, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
