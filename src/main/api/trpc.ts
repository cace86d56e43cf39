// Builds operations: access check, audit entry, REST metadata and error mapping.
import { initTRPC, TRPCError } from '@trpc/server';
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import type { CliMeta } from '../../shared/command-line.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Need, Reach } from '../../shared/reach.ts';
import type { Scope } from '../../shared/token.ts';
import type { Act } from '../engine/audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../engine/core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { AUDIT_SENTENCES } from './audit-sentences.ts';
import { authorize, type Requirement } from './authorize.ts';
import { actorOf, type Context, type Principal } from './context.ts';
import { combineNeeds, needOfFields } from './field-reach.ts';
import { issueWords } from './issue-words.ts';
import { limitAnswer, limitFailure } from './limited-answers.ts';

/** How the REST API and the OpenAPI document present an operation. */
export interface RestMeta {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path below /api/v1. A parameter {name} is a field of the operation's input. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The HTTP status of a success; default: 200. */
  readonly status?: 200 | 201;
  /** A second path, relative to the server's root: the conventional place, such as /metrics. */
  readonly alsoAt?: `/${string}`;
  /**
   * `text`: the output is { body, contentType }. `events`: a subscription as server-sent events.
   * `file`: the output is { body: base64, contentType, filename, etag }. With an `etag`, the response has an ETag
   * header; a null `body` becomes 304 Not Modified (RFC 9110 section 15.4.5).
   */
  readonly form?: 'json' | 'events' | 'file' | 'text';
  /** Whether the answer may be 202 with a job (`Prefer: respond-async`). */
  readonly job?: true;
  /** Maps request headers to fields of the input. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The projects that an operation concerns; decides whether a token limited to projects may call it. */
export type Projects =
  /** The project that the input names as `id`. */
  | 'id'
  /** The project of the job that the input names as `jobId`. */
  | 'job'
  /** The project of the deployment that the input names as `deploymentId`. */
  | 'deployment'
  /** The project of the run that the input names as `runId`. */
  | 'deployment-run'
  /** The projects of the caller: the operation returns nothing of others. */
  | 'visible'
  /** None: the result concerns no project. */
  | 'none'
  /** Any project, so only callers without a limit may call it. */
  | 'all';

/** Who may call an operation. `authorize.ts` combines it with the reach that the fields of the input declare. */
export type Access =
  | { readonly reach: 'project'; readonly scope: Scope; readonly projects: Projects }
  | { readonly reach: 'installation'; readonly scope: 'admin' }
  /** No token may call it. */
  | { readonly reach: 'system'; readonly scope?: undefined };

export interface Meta {
  readonly rest?: RestMeta;
  /** The commands of `certdesk` that call this operation. */
  readonly cli?: readonly CliMeta[];
  readonly reach?: Reach;
  /** The scope that a token needs. Null: the operation needs no authentication. */
  readonly scope?: Scope | null;
  readonly projects?: Projects;
  /**
   * Whether a request exports a private key. Users then need a fresh proof, and tokens projects:write if the operation
   * itself needs only projects:read.
   */
  readonly exportsKey?: (input: Readonly<Record<string, unknown>>) => boolean;
  /**
   * Completes the input for the access check: stored values replace omitted fields.
   * @param input The input before validation.
   */
  readonly checkedAs?: (
    engine: Engine,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /**
   * Whether the audit trail records every call, including failures. Default: mutations yes, queries only if they report
   * to the journal. False is for mutations that change nothing. `failures`: refusals too, but no success without an
   * event.
   * @param input The input before validation.
   */
  readonly audit?: false | 'failures' | ((input: Readonly<Record<string, unknown>>) => boolean);
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false, // true adds stack traces to responses
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
      // Pings detect a connection that broke without a FIN or RST.
      ping: { enabled: true, intervalMs: 5_000 },
      client: { reconnectAfterInactivityMs: 15_000 },
    },
  });

interface Schemas {
  readonly input: z.ZodType;
  readonly output: z.ZodType | undefined;
}

/** The schemas of each operation. The key is its metadata, because a middleware sees nothing else of an operation. */
const schemas = new WeakMap<object, Schemas>();

/** Wraps tRPC's router() and registers the schemas of each operation for the access check. */
export const router: typeof t.router = (record) => {
  for (const each of Object.values(record)) {
    const {
      meta,
      output,
      inputs: [input = z.undefined()] = [],
    } = Reflect.get(each, '_def') as unknown as {
      readonly meta?: Meta;
      readonly inputs?: readonly z.ZodType[];
      readonly output?: z.ZodType;
    };
    if (meta !== undefined) schemas.set(meta, { input, output });
  }
  return t.router(record);
};

/** Creates the base of an operation: checks access and records the call in the audit trail. */
export function operation(access: Access) {
  return t.procedure.meta(access).use(async ({ ctx, next, getRawInput, meta, path, type }) => {
    const { principal, engine } = ctx;
    if (principal === null)
      throw new CertdeskError('UNAUTHENTICATED', 'Send a token: Authorization: Bearer <token>');
    const given = await getRawInput().catch(() => undefined); // invalid JSON is rejected below, and recorded
    const asked = toRecord(given);
    const call = async () => {
      await checkAccess(principal, { engine, access, meta, asked, changes: type === 'mutation' });
      await getRawInput();
      return next({ ctx: { ...ctx, principal } });
    };
    const isLimited = principal.projectIds !== null;
    const shown = (failure: CertdeskError) => (isLimited ? limitFailure(failure) : failure);
    const limited = (error: unknown) => shown(engine.refusals.count(principal.id, toFailure(error)));
    if (type === 'subscription')
      return call().catch((error: unknown) => {
        throw limited(error);
      });
    const act = {
      actor: actorOf(principal, ctx.address),
      operation: path,
      summary: AUDIT_SENTENCES[path] ?? path,
      projectId: namedProject(access, asked),
      record: recordOf(type, meta, asked),
    };
    const checked = () =>
      call().catch((error: unknown) => {
        throw toFailure(error); // for the audit trail: tRPC's errors have other codes
      });
    const failureOf = (result: Awaited<ReturnType<typeof call>>) =>
      result.ok ? null : toFailure(result.error);
    const result = await engine.journal.perform(act, checked, failureOf).catch((error: unknown) => {
      throw limited(error);
    });
    if (!isLimited) return result;
    if (!result.ok) throw shown(toFailure(result.error));
    const output = meta === undefined ? undefined : schemas.get(meta)?.output;
    return { ...result, data: limitAnswer(output, result.data) };
  });
}

interface Asking {
  readonly engine: Engine;
  readonly access: Access;
  readonly meta: Meta | undefined;
  readonly asked: Readonly<Record<string, unknown>>;
  /** Whether the operation is a mutation that changes state. */
  readonly changes: boolean;
}

/**
 * Checks access. Reads stored values only after the caller has passed the check of the operation itself.
 * @throws FORBIDDEN, PROOF_REQUIRED, JOB_NOT_FOUND, and errors of `checkedAs`
 */
async function checkAccess(principal: Principal, asking: Asking): Promise<void> {
  const { engine, access, meta, asked } = asking;
  const schema = meta === undefined ? undefined : schemas.get(meta)?.input;
  if (schema === undefined) throw new Error('The operation is not part of a router created by router()');
  const check = (required: Requirement) => authorize(principal, required, engine.clock.now());
  const base = requirementOf(asking, needOfFields(schema, asked));
  check(base);
  if (!schema.safeParse(asked).success) return; // validation rejects it afterwards
  const projectId = base.projectId ?? (await projectOfRecord(engine, access, asked));
  const stored = await meta?.checkedAs?.(engine, asked);
  if (stored === undefined) return check({ ...base, projectId });
  check({ ...requirementOf(asking, needOfFields(schema, stored)), projectId });
}

/** @returns the permissions that this request requires */
function requirementOf({ access, meta, asked, changes }: Asking, fields: Need): Requirement {
  const { reach, allProjects } = combineNeeds({ reach: access.reach }, fields);
  const forKey = meta?.exportsKey?.(asked) ?? false;
  const scope = forKey && access.scope === 'projects:read' ? 'projects:write' : access.scope;
  return {
    reach,
    ...(scope === undefined ? {} : { scope }),
    allProjects: allProjects === true || (access.reach === 'project' && access.projects === 'all'),
    projectId: namedProject(access, asked),
    freshProof: forKey || (changes && reach === 'system'),
  };
}

/** The project of the record that the input names. @throws JOB_NOT_FOUND and the like */
async function projectOfRecord(
  engine: Engine,
  access: Access,
  { jobId, deploymentId, runId }: Asking['asked'],
): Promise<string | null> {
  if (access.reach !== 'project') return null;
  if (access.projects === 'job' && typeof jobId === 'string') return (await engine.jobs.get(jobId)).projectId;
  if (access.projects === 'deployment' && typeof deploymentId === 'string')
    return engine.deployments.projectOf(deploymentId);
  if (access.projects === 'deployment-run' && typeof runId === 'string')
    return engine.deploymentRuns.projectOf(runId);
  return null;
}

function namedProject(access: Access, { id }: Asking['asked']): string | null {
  return access.reach === 'project' && access.projects === 'id' && typeof id === 'string' ? id : null;
}

function toRecord(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? { ...given } : {};
}

function recordOf(type: 'query' | 'mutation', meta: Meta | undefined, asked: Asking['asked']): Act['record'] {
  const { audit = type === 'mutation' } = meta ?? {};
  if (audit === 'failures') return audit;
  return (typeof audit === 'function' ? audit(asked) : audit) ? 'always' : 'changes';
}

/** An operation that needs no authentication. */
export const openOperation = t.procedure.meta({ reach: 'project', projects: 'none', scope: null });

/**
 * @returns the CertdeskError behind an error. Other errors become INTERNAL, with the error as the cause for the log.
 */
export function toFailure(error: unknown): CertdeskError {
  if (!(error instanceof TRPCError)) return toCertdeskError(error);
  const { cause, code } = error;
  if (cause instanceof CertdeskError) return cause;
  if (code === 'BAD_REQUEST' && cause instanceof z.ZodError) return invalidRequest(cause);
  if (code === 'BAD_REQUEST' || code === 'PARSE_ERROR') {
    // The parser's message quotes the input, which may contain a secret.
    const sentence = cause instanceof SyntaxError ? 'The input is not JSON' : error.message;
    return new CertdeskError('INVALID_REQUEST', sentence, { issues: [] });
  }
  const own = OWN_CODES[code];
  if (own !== undefined) return new CertdeskError(own, code === 'NOT_FOUND' ? error.message : undefined);
  return new CertdeskError('INTERNAL', undefined, undefined, { cause: cause ?? error });
}

/** Errors that tRPC raises before the operation: an unknown operation, a query by POST, a body that is not JSON. */
const OWN_CODES: Partial<Readonly<Record<TRPC_ERROR_CODE_KEY, ErrorCode>>> = {
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Maps the HTTP status of a failure to tRPC's code, by which tRPC clients decide whether to retry. */
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

/** Limits the length of text from the caller: unknown field names appear several times in a response. */
const LONGEST_WORDS = 500;
const cut = (text: string): string =>
  text.length <= LONGEST_WORDS ? text : `${text.slice(0, LONGEST_WORDS)}…`;

/** Names body fields as the caller wrote them, without our internal prefix `body.`. */
function invalidRequest(cause: z.ZodError): CertdeskError {
  const issues = cause.issues.slice(0, 20).map((issue) => {
    const { path } = issue;
    const isBodyMissing = path.join('.') === 'body' && /received undefined$/.test(issue.message);
    const message = isBodyMissing ? 'A JSON body is required' : issueWords(issue);
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const field = [...path, ...unknown]
      .map(String)
      .join('.')
      .replace(/^body\.?/, '');
    return { field: field === '' ? null : cut(field), message: cut(message) };
  });
  const sentence = issues
    .map(({ field, message }) => (field === null ? message : `${field}: ${message}`))
    .join('; ');
  return new CertdeskError('INVALID_REQUEST', sentence, { issues });
}
