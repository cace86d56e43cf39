// Serves the router as tRPC over HTTP at /trpc, for the GUI in a browser. Subscriptions are server-sent events (tRPC's
// httpSubscriptionLink), and one request may contain several calls.
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppRouter, appRouter } from '../api/router.ts';
import { toFailure } from '../api/trpc.ts';
import { addTextBodies } from './body.ts';
import { type CreateContext, isKnown } from './context.ts';
import type { OpenStreams } from './open-streams.ts';

export const TRPC_PREFIX = '/trpc';

/** The largest number of calls in one request; a page needs far fewer. */
const MAX_BATCH = 50;

export interface TrpcDeps {
  readonly createContext: CreateContext;
  readonly streams: OpenStreams;
}

export async function addTrpc(app: FastifyInstance, { createContext, streams }: TrpcDeps): Promise<void> {
  await app.register(async (scope) => {
    // tRPC reads the body itself. Only JSON is accepted, which a page of another origin cannot send without a
    // preflight.
    scope.removeAllContentTypeParsers();
    addTextBodies(scope, (_, text, done) => done(null, text));
    scope.route({
      method: ['GET', 'POST'],
      url: `${TRPC_PREFIX}/*`,
      handler: (request, reply) => {
        if (isStream(request)) streams.add(reply.raw, () => isKnown(request, createContext));
        return answer(request, reply, createContext);
      },
    });
  });
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  createContext: CreateContext,
): Promise<FastifyReply> {
  await fastifyRequestHandler<AppRouter, FastifyRequest, FastifyReply>({
    router: appRouter,
    req: request,
    res: reply,
    path: (request.params as { '*': string })['*'],
    maxBatchSize: MAX_BATCH,
    allowMethodOverride: true, // queries with a secret in their input use POST, because URLs end up in logs
    // Pages do not wait for jobs: they get the job at once, and its steps as events.
    createContext: async () => ({ ...(await createContext(request)), respondAsync: true }),
    onError({ error, path }) {
      const failure = toFailure(error);
      if (failure.entry.status < 500) return;
      request.log.error(
        { code: failure.code, operation: path, err: failure.cause ?? failure },
        failure.message,
      );
    },
  });
  return reply;
}

/** Whether the client is an EventSource (WHATWG HTML, section 9.2.2). */
function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') === true;
}
