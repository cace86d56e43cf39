// Adds a REST route for each operation with REST metadata. It knows no operation by name.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type AnyTRPCProcedure, callTRPCProcedure, isTrackedEnvelope } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { appRouter } from '../api/router.ts';
import { type Meta, type RestMeta, toFailure } from '../api/trpc.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { type CreateContext, isKnown } from './context.ts';
import { readForwardedPrefix } from './forwarded-prefix.ts';
import type { OpenStreams } from './open-streams.ts';

export const API_PREFIX = '/api/v1';

export interface RestOperation {
  /** The path of the operation in the router, such as `certificates.obtain`. */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly rest: RestMeta;
  readonly meta: Meta;
  readonly procedure: AnyTRPCProcedure;
}

/** @returns all operations with a REST path */
export function restOperations(): readonly RestOperation[] {
  const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;
  return Object.entries(procedures).flatMap(([path, procedure]) => {
    const { type, meta = {} } = procedure._def as unknown as { type: RestOperation['type']; meta?: Meta };
    return meta.rest === undefined ? [] : [{ path, type, rest: meta.rest, meta, procedure }];
  });
}

export interface RestDeps {
  readonly createContext: CreateContext;
  readonly streams: OpenStreams;
}

export function addRest(app: FastifyInstance, deps: RestDeps): void {
  for (const operation of restOperations()) {
    const { method, path } = operation.rest;
    const url = API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');
    const { alsoAt } = operation.rest;
    for (const at of alsoAt === undefined ? [url] : [url, alsoAt]) {
      app.route({
        method,
        url: at,
        // HEAD makes no sense for an event stream.
        exposeHeadRoute: operation.rest.form !== 'events',
        handler: (request, reply) => handle(operation, { request, reply, ...deps }),
      });
    }
  }
}

interface Exchange extends RestDeps {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function handle(
  { path, type, rest }: RestOperation,
  { request, reply, createContext, streams }: Exchange,
): Promise<unknown> {
  // A disconnect ends a subscription. A job continues, because jobs ignore this signal.
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!isComplete(reply.raw)) gone.abort(); // 'close' also follows a complete response
  });
  const ctx = await createContext(request);
  const getRawInput = async () => inputOf(request, rest);
  const call = { router: appRouter, path, type, ctx, getRawInput, signal: gone.signal, batchIndex: 0 };
  const result = await callTRPCProcedure(call).catch((error: unknown) => {
    throw toFailure(error);
  });
  if (rest.form === 'events') {
    streams.add(reply.raw, () => isKnown(request, createContext));
    return sendEvents(reply, result as AsyncIterable<unknown>, gone.signal);
  }
  if (rest.form === 'file') return sendFile(reply, result as FileAnswer);
  if (rest.form === 'text') {
    const { body, contentType } = result as { body: string; contentType: string };
    return reply.type(contentType).send(body);
  }
  return sendJson(request, reply, rest, result);
}

/** The compatibility API of HTTP/2 has no `writableFinished`. */
function isComplete(reply: ServerResponse): boolean {
  return reply.writableFinished ?? reply.writableEnded;
}

/** Path parameters override query parameters, so the access check and the operation see the same values. */
function inputOf(request: FastifyRequest, rest: RestMeta): Record<string, unknown> {
  const { body } = request;
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new CertdeskError('INVALID_REQUEST', 'The body is not a JSON object', { issues: [] });
  }
  // Header fields are accepted only as headers, because a password in a URL would end up in logs.
  const headers = Object.entries(rest.headers ?? {}).map(
    ([header, field]) => [field, request.headers[header]] as const,
  );
  const given = {
    ...(request.query as object),
    ...Object.fromEntries(headers),
    ...(request.params as object),
  };
  return body === undefined ? given : { ...given, body };
}

function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  rest: RestMeta,
  result: unknown,
): FastifyReply {
  const job = rest.job === true ? jobOf(result) : null;
  if (job !== null)
    reply.header('Location', `${readForwardedPrefix(request)}${API_PREFIX}/jobs/${job.id}`).code(202);
  else reply.code(rest.status ?? 200);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
}

function jobOf(result: unknown): { id: string } | null {
  return typeof result === 'object' && result !== null && 'job' in result
    ? (result.job as { id: string })
    : null;
}

interface FileAnswer {
  /** Base64. Null: the client has the file already. */
  readonly body: string | null;
  readonly contentType: string;
  readonly filename: string;
  readonly etag?: string;
}

function sendFile(reply: FastifyReply, { body, contentType, filename, etag }: FileAnswer): FastifyReply {
  if (etag !== undefined) reply.header('ETag', etag);
  if (body === null) return reply.code(304).send();
  return reply
    .header('Content-Disposition', `attachment; filename="${filename.replace(/[^\w.*-]/g, '_')}"`)
    .type(contentType)
    .send(Buffer.from(body, 'base64'));
}

/** Interval of comments in a stream, so that proxies do not close it as idle. */
const HEARTBEAT_MS = 15_000;

async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<unknown>,
  gone: AbortSignal,
): Promise<FastifyReply> {
  const { raw } = reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write(': connected\n\n');
  const heartbeat = setInterval(() => raw.write(': alive\n\n'), HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (gone.aborted) break;
      const [id, data] = isTrackedEnvelope(event) ? [event[0], event[1]] : [null, event];
      const text = `${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
      if (!raw.write(text)) await drained(raw);
    }
  } finally {
    clearInterval(heartbeat);
    raw.end();
  }
  return reply;
}

/** Resolves when the stream accepts more data, or is closed. */
function drained(stream: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
