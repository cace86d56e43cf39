// Who asks, and how the answer is wanted: read from a request in one place, for REST and tRPC alike.

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

/** What it makes rejects with what `authenticate` throws, or INVALID_REQUEST for an Idempotency-Key that is none. */
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

/** Whether the caller of a request that is still being answered may still be answered. */
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
