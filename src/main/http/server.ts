// Creates the HTTP server: /api/v1 (REST) with its documentation, tRPC, the GUI, and ACME challenges for reverse
// proxies.
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
import type { HttpsService } from '../engine/https/https.ts';
import { createAuthenticate, createFailureLimit, createHostCheck } from './access.ts';
import { answerPath, CHALLENGE_PREFIX } from './acme-challenge.ts';
import type { AlpnServer } from './alpn-challenge.ts';
import { addJsonBodies } from './body.ts';
import { createContextReader } from './context.ts';
import { addDocs } from './docs.ts';
import { notFound, refuseUnreadable, SAFE_HEADERS, sendError, toFailure } from './failures.ts';
import { addGui, isPageRequest, sendPage } from './gui.ts';
import { MAX_BODY_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { addLocalProof, type LocalAccess } from './local-access.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import type { IsOwnName } from './own-names.ts';
import { API_PREFIX, addRest } from './rest.ts';
import { addSignIn, SIGN_IN_PATHS } from './sign-in.ts';
import { strictTransportSecurity } from './strict-transport.ts';
import { createTlsServerFactory } from './tls-server.ts';
import { addTrpc, TRPC_PREFIX } from './trpc.ts';

export interface HttpServerDeps {
  readonly engine: Engine;
  readonly health: CheckHealth;
  readonly logger: FastifyBaseLogger;
  readonly isOwnName: IsOwnName;
  /** The folder of the built GUI; null if it is not built. */
  readonly guiFolder: string | null;
  readonly version: string;
  /** Null: serve plain HTTP. */
  readonly https: HttpsService | null;
  /** Serves challenges of tls-alpn-01 on the port of HTTPS. */
  readonly alpn: AlpnServer;
  /** Requests wait for this promise, because unfinished jobs of the last run enter the queue first. */
  readonly started: Promise<void>;
  readonly localAccess: LocalAccess;
}

export async function createHttpServer(deps: HttpServerDeps): Promise<FastifyInstance> {
  const { engine, logger, https } = deps;
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(https === null ? {} : { serverFactory: createTlsServerFactory(https, deps.alpn) }),
    logController: new LogController({ disableRequestLogging: true }),
    // Errors outside of handlers, such as an invalid URL, get the same format as all others.
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

  const checkHost = createHostCheck(deps.isOwnName);
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith(CHALLENGE_PREFIX)) return;
    checkHost(request);
    reply.headers(SAFE_HEADERS);
    const policy = https && strictTransportSecurity(https, request.headers.host);
    if (policy !== null) reply.header('Strict-Transport-Security', policy);
    // Only pages need it. On untrusted connections (plain http to another machine) browsers ignore it with a warning,
    // and there they do not send Sec-Fetch-Dest either.
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
  const { localAccess } = deps;
  addLocalProof(app, localAccess);
  const authenticate = createAuthenticate({ tokens, sessions, limitFailures, localAccess });
  const createContext = createContextReader({ engine, health: deps.health, authenticate });
  addSignIn(app, { engine, limitFailures });
  addRest(app, { createContext, streams });
  await addTrpc(app, { createContext, streams });
  addDocs(app, { version: deps.version, hasGui: deps.guiFolder !== null });
  await addGui(app, deps.guiFolder);
  return app;
}

const NOT_STORED = ['/metrics', API_PREFIX, TRPC_PREFIX, ...SIGN_IN_PATHS];

/** How often streams are checked for expired sessions, and tokens that the command line revoked. In milliseconds. */
const RECHECK_MS = 60_000;

/** Ends event streams when the server stops, and when their clients are no longer authenticated. */
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
 * Closes preconnections when the server stops. Clients such as browsers open connections in advance; Node treats one as
 * busy until its first request, so a stopping server would wait a minute for it.
 */
function endUnused(app: FastifyInstance): void {
  // By the client's address, because with TLS a request has another socket object than its connection.
  const unused = new Map<string, Socket>();
  app.server.on('connection', (socket: Socket) => {
    const client = clientOf(socket);
    unused.set(client, socket);
    socket.once('close', () => unused.delete(client));
  });
  app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(clientOf(socket)));
  app.addHook('preClose', async () => {
    for (const socket of unused.values()) socket.destroy();
  });
}

const clientOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Logs the path without the query, which may contain private data. */
async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const ms = Math.round(reply.elapsedTime);
  request.log.info(
    { method: request.method, path: request.url.split('?')[0], status: reply.statusCode, ms },
    'request',
  );
}
