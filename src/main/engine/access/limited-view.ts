// Limits what callers with access to only some projects read of text from a CA, a DNS provider or another server.
// They get Certdesk's own sentence, the HTTP status and the ACME problem type; for public CAs also the problem's
// detail. Pure.
import { CAA_LOCK_SENTENCES, type CaaLock } from '../../../shared/caa-lock.ts';
import type { DeploymentSteps } from '../../../shared/deployment.ts';
import { type DeploymentRun, RUN_STEPS } from '../../../shared/deployment-run.ts';
import { ERRORS, type ErrorBody, type ErrorCode } from '../../../shared/errors.ts';
import type { PersistReport } from '../../../shared/persist-record.ts';
import { isStep, STEPS } from '../../../shared/steps.ts';
import { isPublicCaHost, isPublicDirectory } from '../acme/directories.ts';
import type { Json } from '../core/model.ts';
import { oneLine } from '../core/outside-text.ts';

/** Errors whose message may quote a response from outside. */
const QUOTING: ReadonlySet<string> = new Set<ErrorCode>([
  'CHALLENGE_UNAVAILABLE',
  'DNS_CREDENTIALS_REJECTED',
  'DNS_ZONE_NOT_FOUND',
  'DNS_PROPAGATION_TIMEOUT',
  'DNS_PROVIDER_REFUSED',
  'DNS_PROVIDER_UNAVAILABLE',
  'DNS_LOOKUP_FAILED',
  'NOTIFICATION_FAILED',
  'ADDRESS_NOT_ALLOWED',
  'ACME_EAB_REQUIRED',
  'ACME_ACCOUNT_DEACTIVATED',
  'ACME_REJECTED',
  'ACME_RATE_LIMITED',
  'ACME_UNAVAILABLE',
  'ACME_PROTOCOL_ERROR',
  'ACME_TIMEOUT',
  'ISSUED_CERTIFICATE_REJECTED',
  'HOST_UNREACHABLE',
  'HOST_KEY_REFUSED',
  'HOST_LOGIN_REFUSED',
  'HOST_CREDENTIAL_INVALID',
  'HOST_NOT_READY',
  'HOST_FILE_REFUSED',
  'HOST_CONNECTION_LOST',
  'HOST_TIMEOUT',
  'HOST_HAS_NEWER_CERTIFICATE',
  'PATH_CLAIMED',
  'ACME_SH_DISABLED',
  'DEPLOYMENT_COMMAND_FAILED',
  'DEPLOYMENT_NOT_SERVED',
  'DEPLOYMENT_WORSE',
  'DEPLOYMENT_ROLLBACK_FAILED',
  'CLOUD_REFUSED',
  'CLOUD_UNAVAILABLE',
]);

/** Errors whose message is always Certdesk's own but whose details may quote a response. */
const QUOTING_IN_DETAILS: ReadonlySet<string> = new Set<ErrorCode>(['CHALLENGE_FAILED']);

/** Details that Certdesk writes. */
const OWN_DETAILS = [
  'status',
  'retryAfter',
  'jobId',
  'step',
  'versionId',
  'provider',
  'permissions',
  'lacking',
  'challengeType',
  'check',
  'record',
  'expected',
  'waitedSeconds',
  'suggestedSetting',
];

/** Maximum length of a public CA's detail, in characters. */
const MAX_DETAIL_LENGTH = 300;

type Members = Readonly<Record<string, unknown>>;

/** Limits the body of an error response. */
export function limitError(body: ErrorBody): ErrorBody {
  const { code, error } = body;
  const isQuoting = QUOTING.has(code);
  if (!isQuoting && !QUOTING_IN_DETAILS.has(code)) return body;
  const details = limitDetails(membersOf(body.details));
  return {
    success: false,
    error: isQuoting ? withFacts(ERRORS[code].summary, details) : error,
    code,
    ...(body.details === undefined || body.details === null ? {} : { details }),
  };
}

/** Replaces stored text that may quote a response by the summary of its error code. */
export function limitSentence(text: string | null, code: string | null): string | null {
  if (text === null || code === null) return text;
  const isQuoting = QUOTING.has(code) || QUOTING_IN_DETAILS.has(code);
  return isQuoting ? ERRORS[code as ErrorCode].summary : text;
}

/** Replaces a message that may quote records of a name to which a CNAME leads. `remove` has the project's own names only. */
export function limitCaaLock<T extends Pick<CaaLock, 'state' | 'message'>>(lock: T): T {
  return { ...lock, message: `${CAA_LOCK_SENTENCES[lock.state]}.` };
}

/** Replaces messages that may quote a resolver's response. The others are Certdesk's own. */
export function limitPersistReport(report: PersistReport): PersistReport {
  const limit = <T extends Pick<PersistReport, 'state' | 'message'>>(part: T): T =>
    part.state === 'unknown' ? { ...part, message: 'DNS could not be read.' } : part;
  return { ...limit(report), records: report.records.map(limit) };
}

interface EventText {
  readonly kind: string;
  readonly message: string;
  readonly data: Json;
}

/** Steps whose message never quotes a response, unless their data has a problem or an error. */
const OWN_STEPS: readonly string[] = [
  'order',
  'authorization',
  'challenge',
  'dns-propagation',
  'validation',
  'finalize',
  'store',
  'revoke',
  'clean-up',
];

/** Step data that Certdesk writes, or that is in the domain's public DNS. */
const OWN_STEP_DATA = ['name', 'challenge', 'value', 'zone', 'expected', 'provider', 'action', 'ttl', 'code'];

/** Limits the message and data of a job's event. */
export function limitEvent<T extends EventText>(event: T): T {
  const { kind, data, message } = event;
  if (kind === 'job.failed')
    return { ...event, message: limitSentence(message, textOf(membersOf(data).code)) };
  if (kind === 'caa-lock.broken') return { ...event, message: `${CAA_LOCK_SENTENCES.forbidden}.` };
  if (kind === 'certificate.renewal-moved')
    return { ...event, message: message.replace(/ It (?:says|explains) why at .*$/s, '') };
  if (kind !== 'job.step') return event;
  const { step, more, ca, title } = membersOf(data);
  const name = textOf(step) ?? '';
  const given = membersOf(more);
  const isPublic = typeof ca === 'string' && isPublicCaHost(`https://${ca}`);
  const shown = { ...pick(given, OWN_STEP_DATA), ...limitMembers(given, isPublic) };
  const isOwn = OWN_STEPS.includes(name) && !['problem', 'code', 'warning'].some((key) => key in given);
  const label = isStep(name) ? STEPS[name] : 'A step of the job';
  const limited = isOwn ? message : withFacts(`${label}.`, shown);
  return { ...event, message: limited, data: toJson({ step, title, ca, more: more == null ? null : shown }) };
}

/** Removes the values of environment variables, which may be meant for administrators of the hosts only. */
export function limitDeploymentSteps(steps: DeploymentSteps): DeploymentSteps {
  const environment = steps.environment.map(({ name }) => ({ name, value: '', credentialId: null }));
  return { ...steps, environment };
}

/** Removes what a host has written: the output of commands, and errors that quote it. */
export function limitRun<T extends Pick<DeploymentRun, 'steps'> & { readonly error: ErrorBody | null }>(
  run: T,
): T {
  const steps = run.steps.map((each) => ({ ...each, message: RUN_STEPS[each.step], output: null }));
  return { ...run, steps, error: run.error && limitError(run.error) };
}

function limitDetails(details: Members): Members {
  const failures = Array.isArray(details.failures) ? details.failures.map(membersOf) : null;
  const isPublic = isPublicAnswer(details);
  return {
    ...pick(details, OWN_DETAILS),
    ...limitMembers(details, isPublic),
    ...(failures === null
      ? {}
      : {
          failures: failures.map(({ name, status, advice, problem }) => ({
            name,
            status,
            problem: limitProblem(problem, isPublic),
            // If the CA gave no reason, the advice quotes what the domain's web server returned.
            ...(problem == null ? { advice: 'The CA gave no reason.' } : { advice }),
          })),
        }),
  };
}

/** The members that errors and steps have in common. */
function limitMembers({ problem, servers }: Members, isPublic: boolean): Members {
  return {
    ...(problem === undefined ? {} : { problem: limitProblem(problem, isPublic) }),
    ...(Array.isArray(servers)
      ? { servers: servers.map((server) => pick(membersOf(server), ['host', 'server', 'state'])) }
      : {}),
  };
}

/** Whether the response is a public CA's. Certdesk knows the addresses of these CAs, and anyone can reach them. */
function isPublicAnswer({ url, directoryUrl }: Members): boolean {
  if (typeof directoryUrl === 'string') return isPublicDirectory(directoryUrl);
  return typeof url === 'string' && isPublicCaHost(url);
}

const ACME_TYPE = /^urn:ietf:params:acme:error:[A-Za-z]{1,40}$/;

function limitProblem(problem: unknown, isPublic: boolean): Members | null {
  if (problem === null) return null;
  const { type, detail, status } = membersOf(problem);
  return {
    type: typeof type === 'string' && ACME_TYPE.test(type) ? type : 'about:blank',
    ...(typeof status === 'number' ? { status } : {}),
    ...(isPublic && typeof detail === 'string'
      ? { detail: oneLine(detail).slice(0, MAX_DETAIL_LENGTH) }
      : {}),
  };
}

function withFacts(sentence: string, { status, problem }: Members): string {
  const { type, detail } = membersOf(problem);
  const facts = [
    typeof status === 'number' ? `HTTP ${status}` : null,
    typeof type === 'string' && type !== 'about:blank' ? type : null,
    textOf(detail),
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? sentence : `${sentence} (${facts.join(', ')})`;
}

function pick(members: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function toJson(value: Members): Json {
  return JSON.parse(JSON.stringify(value));
}
