// Answers the CA's http-01 request (RFC 8555 section 8.3): on a listener of its own, which serves nothing else, and
// on the API listener, for a reverse proxy to forward to. No token of ours is needed, any Host is taken.
import { createServer, type Server } from 'node:http';
import type { Listening } from './listen.ts';
import { listen } from './listen.ts';

export const CHALLENGE_PREFIX = '/.well-known/acme-challenge/';

/** base64url and nothing else (RFC 8555 section 8.3), so no path can be hidden in a token. */
const TOKEN = /^[A-Za-z0-9_-]{1,512}$/;

export type AnswerChallenge = (token: string) => string | null;

/** The key authorization for a request's path; null where there is none. */
export function answerPath(path: string, answer: AnswerChallenge): string | null {
  if (!path.startsWith(CHALLENGE_PREFIX)) return null;
  const token = path.slice(CHALLENGE_PREFIX.length);
  return TOKEN.test(token) ? answer(token) : null;
}

const TEXT = 'text/plain; charset=utf-8';

export interface ChallengeListener {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws what `listen` throws: EADDRINUSE, EACCES … as CertdeskError with what to do. */
export async function openChallengeListener(
  at: Listening,
  answer: AnswerChallenge,
): Promise<ChallengeListener> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, keepAlive: false },
    (request, reply) => {
      request.resume();
      const [path = ''] = (request.url ?? '').split('?');
      const readable = request.method === 'GET' || request.method === 'HEAD';
      const body = readable ? answerPath(path, answer) : null;
      reply.writeHead(body === null ? 404 : 200, { 'Content-Type': TEXT, Connection: 'close' });
      reply.end(
        request.method === 'HEAD'
          ? undefined
          : (body ?? 'Not found: Certdesk answers ACME challenges here\n'),
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
