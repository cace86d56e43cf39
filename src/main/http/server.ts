// The HTTP server: /api/v1 (REST), its documentation, the GUI's files, and the challenge path for reverse proxies.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { CheckHealth } from '../api/context.ts';
import type { Engine } from '../engine/engine.ts';
import { createAuthenticate, createFailureLimit, createHostCheck } from './access.ts';
import { answerPath, CHALLENGE_PREFIX } from './acme-challenge.ts';
import { addJsonBodies } from './body.ts';
import { createContextReader } from './context.ts';
import { addDocs } from './docs.ts';
import { notFound, refuseUnreadable, SAFE_HEADERS, sendError, toFailure } from './failures.ts';
import { addGui, isPageRequest, sendPage } from './gui.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import { API_PREFIX, addRest } from './rest.ts';
import { addSignIn, SIGN_IN_PATHS } from './sign-in.ts';
import { addTrpc, TRPC_PREFIX } from './trpc.ts';

export interface HttpServerDeps {
  readonly engine: Engine;
  readonly health: CheckHealth;
  readonly logger: FastifyBaseLogger;
  /** Names that a reverse proxy sends as Host, beside this machine's own. */
  readonly allowedHosts: readonly string[];
  /** Where the built GUI is; null where there is none. */
  readonly guiFolder: string | null;
  readonly version: string;
  /** Requests that come before it are answered after it: what the last run left is lined up first. */
  readonly started: Promise<void>;
}

/** The specification's limit of a body. */
const BODY_BYTES = 1024 * 1024;

export async function createHttpServer(deps: HttpServerDeps): Promise<FastifyInstance> {
  const { engine, logger } = deps;
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: BODY_BYTES,
    requestTimeout: 30_000,
    logController: new LogController({ disableRequestLogging: true }),
    // One error form for all: also for requests that Node's parser refuses, which never reach a handler.
    frameworkErrors: (error, request, reply) => sendError(toFailure(error), request, reply),
    clientErrorHandler: refuseUnreadable,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 600 },
  });
  app.addHook('onResponse', logRequest);
  app.setErrorHandler((error, request, reply) => sendError(toFailure(error), request, reply));
  app.setNotFoundHandler((request, reply) =>
    deps.guiFolder !== null && isPageRequest(request)
      ? sendPage(reply)
      : sendError(notFound(request), request, reply),
  );
  addJsonBodies(app);
  await app.register(rateLimit, { global: false });

  app.get(`${CHALLENGE_PREFIX}*`, (request, reply) => {
    const body = answerPath(request.url.split('?')[0] ?? '', engine.answerChallenge);
    return reply
      .code(body === null ? 404 : 200)
      .type('text/plain; charset=utf-8')
      .send(body ?? 'Not found\n');
  });

  const checkHost = createHostCheck(deps.allowedHosts);
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith(CHALLENGE_PREFIX)) return;
    checkHost(request);
    reply.headers(SAFE_HEADERS);
    // A matter of pages. Browsers ignore it, and complain, where they do not trust the connection (plain http to
    // another machine); there they leave out this header too.
    if (request.headers['sec-fetch-dest'] === 'document')
      reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    await deps.started;
    if (NOT_STORED.some((prefix) => request.url.startsWith(prefix)))
      reply.header('Cache-Control', 'no-store');
  });

  const streams = createOpenStreams();
  watchStreams(app, engine, streams);
  endUnused(app);
  const { sessions, tokens } = engine;
  const limitFailures = createFailureLimit(app);
  const authenticate = createAuthenticate({ tokens, sessions, limitFailures });
  const createContext = createContextReader({ engine, health: deps.health, authenticate });
  addSignIn(app, { engine, limitFailures });
  addRest(app, { createContext, streams });
  await addTrpc(app, { createContext, streams });
  addDocs(app, deps.version);
  await addGui(app, deps.guiFolder);
  return app;
}

const NOT_STORED = ['/metrics', API_PREFIX, TRPC_PREFIX, ...SIGN_IN_PATHS];

/** A token that the command line has revoked, and a session that has run out, are noticed this late at most. */
const RECHECK_MS = 60_000;

/** Ends event streams when the server stops, and when their readers may no longer have them. */
function watchStreams(app: FastifyInstance, { journal }: Engine, streams: OpenStreams): void {
  const timer = setInterval(() => streams.recheck(), RECHECK_MS);
  timer.unref();
  const unlisten = journal.listen(({ kind }) => {
    if (kind === 'session.ended' || kind === 'token.revoked') void streams.recheck();
  });
  app.addHook('preClose', async () => {
    clearInterval(timer);
    unlisten();
    streams.endAll();
  });
}

/**
 * Browsers and others open connections ahead of need. Node takes such a one for busy until its first request, and a
 * server that stops would wait a minute for it.
 */
function endUnused(app: FastifyInstance): void {
  const unused = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy();
  });
}

/** Addresses without their query: a query may hold what is nobody's business. */
async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const ms = Math.round(reply.elapsedTime);
  request.log.info(
    { method: request.method, path: request.url.split('?')[0], status: reply.statusCode, ms },
    'request',
  );
}
