// tRPC over HTTP, for the GUI in a browser: the router that REST uses, at /trpc. Subscriptions are server-sent events
// (tRPC's httpSubscriptionLink); several calls may come in one request.
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppRouter, appRouter } from '../api/router.ts';
import { toFailure } from '../api/trpc.ts';
import { addTextBodies } from './body.ts';
import { type CreateContext, isKnown } from './context.ts';
import type { OpenStreams } from './open-streams.ts';

export const TRPC_PREFIX = '/trpc';

/** The calls of one page at its start are far fewer. */
const MAX_BATCH = 50;

export interface TrpcDeps {
  readonly createContext: CreateContext;
  readonly streams: OpenStreams;
}

export async function addTrpc(app: FastifyInstance, { createContext, streams }: TrpcDeps): Promise<void> {
  await app.register(async (scope) => {
    // tRPC reads the body itself. JSON only: no other type can be sent by a foreign page without being asked first.
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
    allowMethodOverride: true, // a query whose input holds a secret comes by POST: addresses end up in logs
    // A page does not wait for long work: it gets the job, and hears of its steps as events.
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

/** As every EventSource asks (WHATWG HTML, section 9.2.2). */
function isStream(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/event-stream') === true;
}
