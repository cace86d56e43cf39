// Converts a CA's failed responses to CertdeskErrors: problem documents (RFC 7807, RFC 8555 section 6.7) and Retry-After.
import { CertdeskError } from '../core/errors.ts';
import { parseOutsideJson } from '../core/outside-json.ts';
import { parseRetryAfter, retryAfterDetail } from '../core/retry-after.ts';

/** A response of the CA, as transport.ts returns it. */
export interface AcmeResponse {
  readonly url: string;
  readonly status: number;
  /** Names in lower case; repeated fields are joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** `details` of every error about a response. */
export interface AnswerDetails {
  readonly url: string;
  readonly status: number;
  /** The CA's problem document, if the response had one. */
  readonly problem?: Problem;
  /** Seconds from now; absent without a Retry-After header. */
  readonly retryAfter?: number;
  /** The start of a body that is not a problem document. */
  readonly body?: string;
}

/** The CA's document with all its members; the members declared here are normalized to RFC 7807. */
export interface Problem {
  readonly type: string;
  readonly detail?: string;
  readonly status?: number;
  readonly identifier?: { readonly type: string; readonly value: string };
  readonly subproblems?: readonly Problem[];
  readonly [member: string]: unknown;
}

/** The namespace of RFC 8555, and that of its drafts. */
const NAMESPACE = /^urn:(?:ietf:params:)?acme:error:/;
const NO_TYPE = 'about:blank'; // RFC 7807 section 4.2

/** Reads the problem document of a response with any content type; null if there is none. */
export function readProblem(response: AcmeResponse): Problem | null {
  const body = parseJson(response.text);
  if (body !== undefined) return toProblem(body);
  const isText = (response.headers['content-type'] ?? '').startsWith('text/plain');
  return isText && response.text.length <= LONGEST_TEXT ? toProblem(response.text.trim()) : null;
}

/** A longer plain-text response is a page, not an explanation. */
const LONGEST_TEXT = 500;

/**
 * Normalizes the forms in which CAs describe a problem: a problem document, one without a type, a plain string, a list
 * of these, or one wrapped in `error`. Null if there is no description.
 */
export function toProblem(value: unknown): Problem | null {
  const problem = findProblem(value);
  return problem === null ? null : boundProblem(problem, LONGEST_DETAIL);
}

/** Characters. CAs usually send a sentence or two; the document is stored in errors, jobs and events. */
const LONGEST_DETAIL = 2_000;
/** For the `detail` of a subproblem. */
const LONGEST_PART = 500;
/** CAs that publish a limit allow at most 100 names per certificate. */
const MAX_PARTS = 100;
/** For the text of a problem with all its subproblems. */
const LONGEST_SENTENCE = 4_000;
/** The number of other members, and the characters of each as JSON. */
const MAX_OTHERS = 20;
const LONGEST_OTHER = 500;

function boundProblem(problem: Problem, longest: number): Problem {
  const { type, detail, status, identifier, subproblems, ...others } = problem;
  const isShort = ([name, member]: readonly [string, unknown]): boolean =>
    name.length + (JSON.stringify(member)?.length ?? 0) <= LONGEST_OTHER;
  const kept = Object.entries(others).filter(isShort).slice(0, MAX_OTHERS);
  const parts = subproblems?.slice(0, MAX_PARTS).map(({ subproblems: _, ...part }) => part);
  return {
    ...Object.fromEntries(kept),
    type: cut(type, LONGEST_PART),
    ...(detail === undefined ? {} : { detail: cut(detail, longest) }),
    ...(status === undefined ? {} : { status }),
    ...(identifier === undefined
      ? {}
      : { identifier: { type: cut(identifier.type, 50), value: cut(identifier.value, 255) } }),
    ...(parts === undefined
      ? {}
      : { subproblems: parts.map((part) => boundProblem(part as Problem, LONGEST_PART)) }),
  };
}

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}…`;

function findProblem(value: unknown): Problem | null {
  if (typeof value === 'string') return value === '' ? null : { type: NO_TYPE, detail: value };
  if (Array.isArray(value)) return joinProblems(value.flatMap((each) => findProblem(each) ?? []));
  if (typeof value !== 'object' || value === null) return null;
  const { type, detail, status, identifier, subproblems, ...others } = withoutAbsent(value);
  const said = textOf(detail) ?? textOf(others.message) ?? textOf(others.description);
  if (typeof type !== 'string' && said === undefined) {
    const wrapped = findProblem(others.error ?? others.errors ?? others.problem);
    if (wrapped !== null) return wrapped;
    if (textOf(others.title) === undefined) return null;
  }
  const code = typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : status;
  const about = toIdentifier(identifier);
  const parts =
    subproblems === undefined ? [] : [subproblems].flat().flatMap((part) => findProblem(part) ?? []);
  return {
    ...others,
    type: typeof type === 'string' ? type : NO_TYPE,
    ...(said === undefined ? {} : { detail: said }),
    ...(typeof code === 'number' ? { status: code } : {}),
    ...(about === null ? {} : { identifier: about }),
    ...(parts.length === 0 ? {} : { subproblems: parts }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function joinProblems(parts: readonly Problem[]): Problem | null {
  const [first, ...rest] = parts;
  if (first === undefined) return null;
  return rest.length === 0 ? first : { ...first, subproblems: [...(first.subproblems ?? []), ...rest] };
}

function toIdentifier(value: unknown): { readonly type: string; readonly value: string } | null {
  if (typeof value === 'string') return { type: 'dns', value };
  if (typeof value !== 'object' || value === null) return null;
  const { type = 'dns', value: name } = withoutAbsent(value);
  return typeof name === 'string' ? { type: String(type), value: name } : null;
}

/** Drops members that are null or "", which several CAs send instead of omitting them. */
export function withoutAbsent(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== ''));
}

/** @returns undefined if the text is not JSON or too large (outside-json.ts) */
export function parseJson(text: string): unknown {
  try {
    return parseOutsideJson(text);
  } catch {
    return undefined;
  }
}

/** @param name The last part of an ACME error type (RFC 8555 section 6.7): `badNonce`. */
export function isProblem(response: AcmeResponse, name: string): boolean {
  return response.status >= 400 && kindOf(readProblem(response)?.type) === name;
}

/** Whether the error contains a CA's problem of that type. @param name As for isProblem. */
export function isRefusal(error: unknown, name: string): boolean {
  if (!(error instanceof CertdeskError) || typeof error.details !== 'object' || error.details === null)
    return false;
  const problem: unknown = Reflect.get(error.details, 'problem');
  return typeof problem === 'object' && problem !== null && kindOf(Reflect.get(problem, 'type')) === name;
}

/** The last part of an ACME error type, with or without an ACME namespace; null for types of another namespace. */
function kindOf(type: unknown): string | null {
  if (typeof type !== 'string') return null;
  const kind = type.replace(NAMESPACE, '');
  return /^\w+$/.test(kind) ? kind : null;
}

/** Creates the error for a response with status 300 or more. */
export function answerError(response: AcmeResponse): CertdeskError {
  const problem = readProblem(response);
  const details = answerDetails(response, problem);
  const { host } = new URL(response.url);
  if (response.status < 400) return redirectError(response, details);
  const said = (problem && describeProblem(problem)) ?? `HTTP ${response.status}`;
  const kind = kindOf(problem?.type);
  if (response.status === 429 || kind === 'rateLimited') {
    return new CertdeskError('ACME_RATE_LIMITED', `A rate limit of the CA is reached: ${said}`, details);
  }
  if (kind === 'externalAccountRequired') {
    return new CertdeskError('ACME_EAB_REQUIRED', undefined, details);
  }
  if (kind === 'badNonce') {
    return new CertdeskError('ACME_PROTOCOL_ERROR', `${host} rejects every nonce that it issues.`, details);
  }
  if (kind === 'userActionRequired') {
    // RFC 8555 section 7.3.3: `instance` is the URL to visit.
    const place = textOf(problem?.instance) ?? termsOf(response);
    const where = place === null ? 'the CA’s website' : place;
    const message = `The CA requires an action from you: ${said}. Open ${where}, then try again.`;
    return new CertdeskError('ACME_REJECTED', message, details);
  }
  if (response.status === 501) {
    const message = `The CA (${host}) does not support this request (HTTP 501): ${said}. A retry does not help.`;
    return new CertdeskError('ACME_REJECTED', message, details);
  }
  if (response.status >= 500) {
    return new CertdeskError(
      'ACME_UNAVAILABLE',
      `The CA (${host}) is failing: ${said}. Try again later.`,
      details,
    );
  }
  if (problem !== null)
    return new CertdeskError('ACME_REJECTED', `The CA rejected the request: ${said}`, details);
  if (response.status === 404 || response.status === 410) return goneError(response, details);
  return new CertdeskError(
    'ACME_PROTOCOL_ERROR',
    `${host} answered ${said} without an ACME problem document.`,
    details,
  );
}

function termsOf({ headers }: AcmeResponse): string | null {
  const link = (headers.link ?? '').split(',').find((each) => each.includes('terms-of-service'));
  return link?.split('<')[1]?.split('>')[0] ?? null;
}

/** For an order or certificate that the CA no longer has. Some CAs send no problem document (Pebble's /certZ/). */
function goneError(response: AcmeResponse, details: AnswerDetails): CertdeskError {
  const problem: Problem = { type: 'about:blank', title: 'Not Found', status: response.status };
  return new CertdeskError('ACME_REJECTED', `The CA does not know ${response.url}.`, {
    ...details,
    problem,
  });
}

function redirectError(response: AcmeResponse, details: AnswerDetails): CertdeskError {
  const target = response.headers.location ?? 'no address';
  return new CertdeskError(
    'ACME_PROTOCOL_ERROR',
    `${response.url} redirects to ${target}. Certdesk does not follow redirects: enter the final URL of the directory.`,
    details,
  );
}

/** Creates the error for a 2xx response that violates RFC 8555. @param what The expected response: `a directory`. */
export function unexpectedAnswer(response: AcmeResponse, what: string, cause?: unknown): CertdeskError {
  const type = response.headers['content-type'] ?? 'no content type';
  const message = `${new URL(response.url).host} sent a response that is not ${what} (${type}). Is this an ACME CA?`;
  return new CertdeskError('ACME_PROTOCOL_ERROR', message, answerDetails(response, null), { cause });
}

function answerDetails(response: AcmeResponse, problem: Problem | null): AnswerDetails {
  return {
    url: response.url,
    status: response.status,
    ...(problem === null ? { body: response.text.slice(0, 300) } : { problem }),
    ...retryAfterDetail(parseRetryAfter(response.headers)),
  };
}

/** The CA's description of the problem and its subproblems; null if there is none. */
export function describeProblem(problem: Problem): string | null {
  const text =
    textOf(problem.detail) ?? textOf(problem.title) ?? (problem.type === NO_TYPE ? null : problem.type);
  const parts = (problem.subproblems ?? []).flatMap((part) => {
    const said = describeProblem(part);
    if (said === null || text?.includes(said)) return [];
    return part.identifier === undefined ? said : `${part.identifier.value}: ${said}`;
  });
  if (parts.length === 0) return text;
  const all = parts.join('; ');
  return cut(text === null ? all : `${text} (${all})`, LONGEST_SENTENCE);
}
