// What every operation is made of: who may call it, REST address, errors.
import { initTRPC, TRPCError } from '@trpc/server';
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Need, Reach } from '../../shared/reach.ts';
import type { Scope } from '../../shared/token.ts';
import type { Act } from '../engine/audit/journal.ts';
import { CertdeskError, toCertdeskError } from '../engine/core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { authorize, type Requirement } from './authorize.ts';
import { actorOf, type Context, type Principal } from './context.ts';
import { combineNeeds, needOfFields } from './field-reach.ts';
import { issueWords } from './issue-words.ts';
import { limitAnswer, limitFailure } from './limited-answers.ts';

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
  /** Request headers that are taken as fields of the input: header -> field. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Which projects an operation is about, for tokens that are limited to some. */
export type Projects =
  /** The one that the input names as `id`. */
  | 'id'
  /** The one of the job that the input names as `jobId`. */
  | 'job'
  /** Those that the caller may see: the operation answers with nothing of others. */
  | 'visible'
  /** None: what it tells is no project's. */
  | 'none'
  /** Any, so that only callers who are not limited may call. */
  | 'all';

/** Who may call an operation. `authorize.ts` decides by it, and by the reach that the fields of the input declare. */
export type Access =
  | { readonly reach: 'project'; readonly scope: Scope; readonly projects: Projects }
  | { readonly reach: 'installation'; readonly scope: 'admin' }
  /** No token may. */
  | { readonly reach: 'system'; readonly scope?: undefined };

export interface Meta {
  readonly rest?: RestMeta;
  readonly reach?: Reach;
  /** Of tokens. Null: anybody may call, without a token. */
  readonly scope?: Scope | null;
  readonly projects?: Projects;
  /** Whether a request is for a private key, which needs projects:write, and of people a fresh proof. */
  readonly exportsKey?: (input: Readonly<Record<string, unknown>>) => boolean;
  /**
   * The input as the access check is to see it: with what is stored in the place of what was left out.
   * @param input As it was sent, not validated.
   */
  readonly checkedAs?: (
    engine: Engine,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
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

interface Schemas {
  readonly input: z.ZodType;
  readonly output: z.ZodType | undefined;
}

/** The schemas of each operation, by its metadata, which is all that a middleware sees of an operation. */
const schemas = new WeakMap<object, Schemas>();

/** As tRPC's, which it calls; `operation` learns the schemas here. */
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

/** The beginning of every operation: who may call it, and its entry in the audit trail. */
export function operation(access: Access) {
  return t.procedure.meta(access).use(async ({ ctx, next, getRawInput, meta, path, type }) => {
    const { principal, engine } = ctx;
    if (principal === null)
      throw new CertdeskError('UNAUTHENTICATED', 'Send a token: Authorization: Bearer <token>');
    const given = await getRawInput().catch(() => undefined); // what is no JSON is refused below, and recorded
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
      summary: meta?.rest?.summary ?? path,
      projectId: namedProject(access, asked),
      record: recordOf(type, meta, asked),
    };
    const checked = () =>
      call().catch((error: unknown) => {
        throw toFailure(error); // the code, for the audit trail: what tRPC throws has another
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
  /** Whether the operation changes anything. */
  readonly changes: boolean;
}

/**
 * @throws FORBIDDEN, PROOF_REQUIRED, JOB_NOT_FOUND, and what `checkedAs` throws; what is stored is asked for only after
 * the caller may call the operation at all.
 */
async function checkAccess(principal: Principal, asking: Asking): Promise<void> {
  const { engine, access, meta, asked } = asking;
  const schema = meta === undefined ? undefined : schemas.get(meta)?.input;
  if (schema === undefined) throw new Error('The operation is in no router made by router()');
  const check = (required: Requirement) => authorize(principal, required, engine.clock.now());
  const base = requirementOf(asking, needOfFields(schema, asked));
  check(base);
  if (!schema.safeParse(asked).success) return; // refused below for what is wrong with it
  const projectId = base.projectId ?? (await projectOfJob(engine, access, asked));
  const stored = await meta?.checkedAs?.(engine, asked);
  if (stored === undefined) return check({ ...base, projectId });
  check({ ...requirementOf(asking, needOfFields(schema, stored)), projectId });
}

/** What a caller needs for this request. */
function requirementOf({ access, meta, asked, changes }: Asking, fields: Need): Requirement {
  const { reach, allProjects } = combineNeeds({ reach: access.reach }, fields);
  const forKey = meta?.exportsKey?.(asked) ?? false;
  const scope = forKey ? 'projects:write' : access.scope;
  return {
    reach,
    ...(scope === undefined ? {} : { scope }),
    allProjects: allProjects === true || (access.reach === 'project' && access.projects === 'all'),
    projectId: namedProject(access, asked),
    freshProof: forKey || (changes && reach === 'system'),
  };
}

async function projectOfJob(
  engine: Engine,
  access: Access,
  { jobId }: Asking['asked'],
): Promise<string | null> {
  if (access.reach !== 'project' || access.projects !== 'job') return null;
  return typeof jobId === 'string' ? (await engine.jobs.get(jobId)).projectId : null;
}

function namedProject(access: Access, { id }: Asking['asked']): string | null {
  return access.reach === 'project' && access.projects === 'id' && typeof id === 'string' ? id : null;
}

function toRecord(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? { ...given } : {};
}

function recordOf(type: 'query' | 'mutation', meta: Meta | undefined, asked: Asking['asked']): Act['record'] {
  const { audit = type === 'mutation' } = meta ?? {};
  return (typeof audit === 'function' ? audit(asked) : audit) ? 'always' : 'changes';
}

/** An operation that anybody may call. */
export const openOperation = t.procedure.meta({ reach: 'project', projects: 'none', scope: null });

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

/** Names of fields that a caller makes up are in an answer several times. */
const LONGEST_WORDS = 500;
const cut = (text: string): string =>
  text.length <= LONGEST_WORDS ? text : `${text.slice(0, LONGEST_WORDS)}…`;

/** Fields of the body are named as the caller wrote them, without our own `body.` before them. */
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
