// Creates the request context (caller and preferences) from an HTTP request, for REST and tRPC.

import type { FastifyRequest } from 'fastify';
import type { CheckHealth, Context } from '../api/context.ts';
import { invalid } from '../engine/core/invalid.ts';
import type { Engine } from '../engine/engine.ts';
import type { Authenticate } from './access.ts';

export type CreateContext = (request: FastifyRequest) => Promise<Context>;

export interface ContextDeps {
  readonly engine: Engine;
  readonly health: CheckHealth;
  readonly authenticate: Authenticate;
}

/**
 * The returned function rejects with the errors of `authenticate`, or INVALID_REQUEST for an invalid Idempotency-Key.
 */
export function createContextReader({ engine, health, authenticate }: ContextDeps): CreateContext {
  return async (request) => ({
    engine,
    health,
    principal: await authenticate(request),
    address: request.ip,
    respondAsync: /(^|[,;\s])respond-async([,;\s]|$)/i.test(String(request.headers.prefer ?? '')),
    idempotencyKey: idempotencyKey(request),
  });
}

/** Whether the caller of an open request, such as an event stream, is still authenticated. */
export async function isKnown(request: FastifyRequest, createContext: CreateContext): Promise<boolean> {
  try {
    return (await createContext(request)).principal !== null;
  } catch {
    return false;
  }
}

function idempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.length > 0 && key.length <= 255) return key;
  throw invalid('Idempotency-Key', 'must have 1 to 255 characters');
}
