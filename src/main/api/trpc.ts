// What every operation is made of: access check, REST address, errors.
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { ErrorBody } from '../../shared/errors.ts';
import type { Scope } from '../../shared/token.ts';
import { CertdeskError, toCertdeskError } from '../engine/errors.ts';
import type { Context } from './context.ts';

/** Where and how an operation stands in the REST API, and what the OpenAPI document says of it. */
export interface RestMeta {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1, parameters as {name}; each is a field of the operation's input. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Status of a success; 200 where it is left out. */
  readonly status?: 200 | 201;
  /** `events`: a subscription as server-sent events. `file`: the output is { body: base64, contentType, filename }. */
  readonly form?: 'json' | 'events' | 'file';
  /** May be answered by 202 and a job (`Prefer: respond-async`). */
  readonly job?: true;
  /** Request headers that are taken as fields of the input: header -> field. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Meta {
  readonly rest?: RestMeta;
  /** Null: no token is needed. */
  readonly scope?: Scope | null;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false, // or answers carry stack traces
    errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, body: toErrorBody(error) } }),
  });

export const router = t.router;

/**
 * The beginning of every operation: who may call it. A token that is for some projects only may not name another:
 * the field `id` of an operation under /projects is looked at here, once for all.
 */
export function operation(scope: Scope) {
  return t.procedure.meta({ scope }).use(async ({ ctx, next, getRawInput, meta }) => {
    const { principal } = ctx;
    if (principal === null) throw denied('UNAUTHENTICATED', 'Send a token: Authorization: Bearer <token>');
    requireScope(principal.scopes, scope);
    const input = await getRawInput();
    const projectId = meta?.rest?.path.startsWith('/projects/{id}') ? readId(input) : null;
    if (projectId !== null && principal.projectIds !== null && !principal.projectIds.includes(projectId)) {
      throw denied('FORBIDDEN', 'This token is not for this project');
    }
    return next({ ctx: { ...ctx, principal } });
  });
}

/** An operation that anybody may call. */
export const openOperation = t.procedure.meta({ scope: null });

/** @throws FORBIDDEN; write includes read. */
export function requireScope(scopes: readonly Scope[], scope: Scope): void {
  if (scopes.includes(scope) || scopes.includes('projects:write')) return;
  throw denied('FORBIDDEN', `This token lacks the scope ${scope}`);
}

/** @throws FORBIDDEN where a token is for some projects only. */
export function requireAllProjects({ projectIds }: { readonly projectIds: readonly string[] | null }): void {
  if (projectIds !== null) throw denied('FORBIDDEN', 'This token is for some projects only');
}

function denied(code: 'UNAUTHENTICATED' | 'FORBIDDEN', message: string): TRPCError {
  const cause = new CertdeskError(code, message);
  return new TRPCError({ code: code === 'FORBIDDEN' ? 'FORBIDDEN' : 'UNAUTHORIZED', message, cause });
}

function readId(input: unknown): string | null {
  const id = typeof input === 'object' && input !== null ? Reflect.get(input, 'id') : null;
  return typeof id === 'string' ? id : null;
}

/** Any failure of an operation as the body that every transport answers with. */
export function toErrorBody(error: TRPCError): ErrorBody {
  return toFailure(error).toBody();
}

/** @returns the CertdeskError behind it; what is none becomes INTERNAL with its cause kept for the log. */
export function toFailure(error: unknown): CertdeskError {
  if (!(error instanceof TRPCError)) return toCertdeskError(error);
  const { cause, code } = error;
  if (cause instanceof CertdeskError) return cause;
  if (code === 'BAD_REQUEST' && cause instanceof z.ZodError) return invalidRequest(cause);
  if (code === 'NOT_FOUND') return new CertdeskError('NOT_FOUND');
  return new CertdeskError('INTERNAL', undefined, undefined, { cause: cause ?? error });
}

/** Fields of the body are named as the caller wrote them, without our own `body.` before them. */
function invalidRequest(cause: z.ZodError): CertdeskError {
  const issues = cause.issues.slice(0, 20).map(({ path, message }) => {
    const field = path
      .map(String)
      .join('.')
      .replace(/^body\.?/, '');
    return { field: field === '' ? null : field, message: message.replace(/^Invalid input: /, '') };
  });
  const sentence = issues
    .map(({ field, message }) => (field === null ? message : `${field}: ${message}`))
    .join('; ');
  return new CertdeskError('INVALID_REQUEST', sentence, { issues });
}
