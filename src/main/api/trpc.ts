// What every operation is made of: access check, REST address, errors.
import { initTRPC, TRPCError } from '@trpc/server';
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Scope } from '../../shared/token.ts';
import { CertdeskError, toCertdeskError } from '../engine/errors.ts';
import type { Act } from '../engine/journal.ts';
import type { Context } from './context.ts';

/** Where and how an operation stands in the REST API, and what the OpenAPI document says of it. */
export interface RestMeta {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1, parameters as {name}; each is a field of the operation's input. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Status of a success; 200 where it is left out. */
  readonly status?: 200 | 201;
  /** A second address, below the server's root: where everybody looks for it. */
  readonly alsoAt?: `/${string}`;
  /** `text`: the output is { body, contentType }. `events`: a subscription as server-sent events. `file`: the output is { body: base64, contentType, filename }. */
  readonly form?: 'json' | 'events' | 'file' | 'text';
  /** May be answered by 202 and a job (`Prefer: respond-async`). */
  readonly job?: true;
  /**
   * The answer follows from the caller, what is stored and the clock alone, so that it may be given again (see
   * http/kept-answers.ts). @returns from when on it reads otherwise though nothing is written; ms since 1970.
   */
  readonly sameUntil?: (answer: unknown, now: Date) => number;
  /** Request headers that are taken as fields of the input: header -> field. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Meta {
  readonly rest?: RestMeta;
  /** Null: no token is needed. */
  readonly scope?: Scope | null;
  /**
   * Whether a call is put into the audit trail whatever comes of it; by itself each mutation is, and of queries what
   * they tell the journal. False: a mutation that changes nothing. @param input As it was sent, not checked yet.
   */
  readonly audit?: false | ((input: Readonly<Record<string, unknown>>) => boolean);
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false, // or answers carry stack traces
    errorFormatter: ({ shape, error }) => {
      const failure = toFailure(error);
      const { code, httpStatus } = tRpcCodeOf(failure);
      return {
        message: failure.message,
        code: TRPC_ERROR_CODES_BY_KEY[code],
        data: { ...shape.data, code, httpStatus, body: failure.toBody() },
      };
    },
    sse: {
      // A connection that died without a word is noticed by its silence.
      ping: { enabled: true, intervalMs: 5_000 },
      client: { reconnectAfterInactivityMs: 15_000 },
    },
  });

export const router = t.router;

/**
 * The beginning of every operation: who may call it, and its entry in the audit trail. A token that is for some
 * projects only may not name another: the field `id` of an operation under /projects is looked at here, once for all.
 */
export function operation(scope: Scope) {
  return t.procedure.meta({ scope }).use(async ({ ctx, next, getRawInput, meta, path, type }) => {
    const { principal } = ctx;
    if (principal === null) throw denied('UNAUTHENTICATED', 'Send a token: Authorization: Bearer <token>');
    const given = await getRawInput().catch(() => undefined); // what is no JSON is refused below, and recorded
    const projectId = meta?.rest?.path.startsWith('/projects/{id}') ? readId(given) : null;
    const call = async () => {
      requireScope(principal.scopes, scope);
      await getRawInput();
      if (projectId !== null) requireProject(principal, projectId);
      return next({ ctx: { ...ctx, principal } });
    };
    if (type === 'subscription') return call();
    const { kind, id, name } = principal;
    const act = {
      actor: { kind, id, name, address: ctx.address },
      operation: path,
      summary: meta?.rest?.summary ?? path,
      projectId,
      record: recordOf(type, meta, given),
    };
    const checked = () =>
      call().catch((error: unknown) => {
        throw toFailure(error); // the code, for the audit trail: what tRPC throws has another
      });
    return ctx.engine.journal.perform(act, checked, (result) => (result.ok ? null : toFailure(result.error)));
  });
}

function recordOf(type: 'query' | 'mutation', meta: Meta | undefined, input: unknown): Act['record'] {
  const { audit = type === 'mutation' } = meta ?? {};
  const asked = typeof input === 'object' && input !== null ? { ...input } : {};
  return (typeof audit === 'function' ? audit(asked) : audit) ? 'always' : 'changes';
}

/** An operation that anybody may call. */
export const openOperation = t.procedure.meta({ scope: null });

/** @throws FORBIDDEN; write includes read. */
export function requireScope(scopes: readonly Scope[], scope: Scope): void {
  if (scopes.includes(scope) || scopes.includes('projects:write')) return;
  throw denied('FORBIDDEN', `This token lacks the scope ${scope}`);
}

/** @throws FORBIDDEN where the token is not for this project. */
export function requireProject(
  { projectIds }: { readonly projectIds: readonly string[] | null },
  projectId: string,
): void {
  if (projectIds === null || projectIds.includes(projectId)) return;
  throw denied('FORBIDDEN', 'This token is not for this project');
}

/** @throws FORBIDDEN where a token is for some projects only. */
export function requireAllProjects({ projectIds }: { readonly projectIds: readonly string[] | null }): void {
  if (projectIds !== null) throw denied('FORBIDDEN', 'This token is for some projects only');
}

/** @throws FORBIDDEN for API tokens: what reaches beyond Certdesk's own data is for who sits at a signed-in window. */
export function requireWindow({ kind }: { readonly kind: 'token' | 'window' }): void {
  if (kind === 'window') return;
  throw denied('FORBIDDEN', 'API tokens may not read folders of the server: do this in a signed-in browser');
}

function denied(code: 'UNAUTHENTICATED' | 'FORBIDDEN', message: string): CertdeskError {
  return new CertdeskError(code, message);
}

function readId(input: unknown): string | null {
  const id = typeof input === 'object' && input !== null ? Reflect.get(input, 'id') : null;
  return typeof id === 'string' ? id : null;
}

/** @returns the CertdeskError behind it; what is none becomes INTERNAL with its cause kept for the log. */
export function toFailure(error: unknown): CertdeskError {
  if (!(error instanceof TRPCError)) return toCertdeskError(error);
  const { cause, code } = error;
  if (cause instanceof CertdeskError) return cause;
  if (code === 'BAD_REQUEST' && cause instanceof z.ZodError) return invalidRequest(cause);
  if (code === 'BAD_REQUEST' || code === 'PARSE_ERROR') {
    // The parser's own words quote what was sent, which may be a secret.
    const sentence = cause instanceof SyntaxError ? 'The input is not JSON' : error.message;
    return new CertdeskError('INVALID_REQUEST', sentence, { issues: [] });
  }
  const own = OWN_CODES[code];
  if (own !== undefined) return new CertdeskError(own, code === 'NOT_FOUND' ? error.message : undefined);
  return new CertdeskError('INTERNAL', undefined, undefined, { cause: cause ?? error });
}

/** What tRPC itself refuses: an operation that there is not, a query by POST, a body that is not JSON. */
const OWN_CODES: Partial<Readonly<Record<TRPC_ERROR_CODE_KEY, ErrorCode>>> = {
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** tRPC's word for the failure's HTTP status: its clients tell by it whether to try again. */
function tRpcCodeOf({ entry }: CertdeskError): {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly httpStatus: number;
} {
  const code =
    CODES_BY_STATUS[entry.status] ?? (entry.status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR');
  return { code, httpStatus: entry.status };
}

const CODES_BY_STATUS: Readonly<Record<number, TRPC_ERROR_CODE_KEY>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  421: 'FORBIDDEN',
  429: 'TOO_MANY_REQUESTS',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

/** Fields of the body are named as the caller wrote them, without our own `body.` before them. */
function invalidRequest(cause: z.ZodError): CertdeskError {
  const issues = cause.issues.slice(0, 20).map((issue) => {
    const { path, message } = issue;
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const field = [...path, ...unknown]
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
