// What a CA's failed answer means: problem documents (RFC 7807, RFC 8555 section 6.7) and Retry-After, as CertdeskError.
import { CertdeskError } from '../errors.ts';

/** An answer of the CA as transport.ts gives it. */
export interface AcmeResponse {
  readonly url: string;
  readonly status: number;
  /** Names in lower case; repeated fields are joined by a comma and a space. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What `details` of every error that comes of an answer holds. */
export interface AnswerDetails {
  readonly url: string;
  readonly status: number;
  /** The CA's problem document, whole; absent where the answer had none. */
  readonly problem?: Problem;
  /** Seconds from now; absent where the CA did not say. */
  readonly retryAfter?: number;
  /** The start of a body that is not a problem document. */
  readonly body?: string;
}

/** The document as the CA wrote it, with `type` filled in as RFC 7807 section 4.2 has it. */
export interface Problem {
  readonly type: string;
  readonly [member: string]: unknown;
}

const NAMESPACE = 'urn:ietf:params:acme:error:';

/** The problem document of an answer, whatever its content type; null where the body is none. */
export function readProblem(response: AcmeResponse): Problem | null {
  const body = parseJson(response.text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const type: unknown = Reflect.get(body, 'type');
  if (typeof type === 'string') return { ...body, type };
  return typeof Reflect.get(body, 'detail') === 'string' ? { ...body, type: 'about:blank' } : null;
}

/** @returns undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param name The last part of an ACME error type (RFC 8555 section 6.7): `badNonce`. */
export function isProblem(response: AcmeResponse, name: string): boolean {
  return response.status >= 400 && readProblem(response)?.type === NAMESPACE + name;
}

/** Whether the error is the CA's refusal of that type. */
export function isRefusal(error: unknown, name: string): boolean {
  if (!(error instanceof CertdeskError) || typeof error.details !== 'object' || error.details === null)
    return false;
  const problem: unknown = Reflect.get(error.details, 'problem');
  return typeof problem === 'object' && problem !== null && Reflect.get(problem, 'type') === NAMESPACE + name;
}

/**
 * Milliseconds from now, 0 or more, of a Retry-After field: seconds or an HTTP date (RFC 9110 section 10.2.3). A
 * date is measured against the answer's own Date field where it has one, so that a wrong clock here does no harm.
 * Null where the field is absent or not readable.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  now: () => number = Date.now,
): number | null {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') return null;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  const until = Date.parse(value);
  // All three forms of an HTTP date begin with a day's name; Date.parse alone reads dates into much else (`-5`).
  if (Number.isNaN(until) || !/^[A-Z][a-z]{2,8},? /.test(value)) return null;
  const sent = Date.parse(headers.date ?? '');
  return Math.max(0, until - (Number.isNaN(sent) ? now() : sent));
}

/** The failure that an answer of status 300 or more stands for. */
export function answerError(response: AcmeResponse): CertdeskError {
  const problem = readProblem(response);
  const details = answerDetails(response, problem);
  const { host } = new URL(response.url);
  if (response.status < 400) return redirectError(response, details);
  const said = problem === null ? `HTTP ${response.status}` : describe(problem);
  if (response.status === 429 || problem?.type === `${NAMESPACE}rateLimited`) {
    return new CertdeskError('ACME_RATE_LIMITED', `A rate limit of the CA is reached: ${said}`, details);
  }
  if (problem?.type === `${NAMESPACE}externalAccountRequired`) {
    return new CertdeskError('ACME_EAB_REQUIRED', undefined, details);
  }
  if (problem?.type === `${NAMESPACE}badNonce`) {
    return new CertdeskError(
      'ACME_PROTOCOL_ERROR',
      `${host} refuses every nonce that it gives out.`,
      details,
    );
  }
  if (response.status >= 500) {
    return new CertdeskError(
      'ACME_UNAVAILABLE',
      `The CA (${host}) is failing: ${said}. Try again later.`,
      details,
    );
  }
  if (problem !== null)
    return new CertdeskError('ACME_REJECTED', `The CA refused the request: ${said}`, details);
  if (response.status === 404 || response.status === 410) return goneError(response, details);
  return new CertdeskError(
    'ACME_PROTOCOL_ERROR',
    `${host} answered ${said} without saying why in ACME's way.`,
    details,
  );
}

/** An order or certificate that the CA has forgotten: some answer without a problem document (Pebble's /certZ/). */
function goneError(response: AcmeResponse, details: AnswerDetails): CertdeskError {
  const problem: Problem = { type: 'about:blank', title: 'Not Found', status: response.status };
  return new CertdeskError('ACME_REJECTED', `The CA knows nothing of ${response.url}.`, {
    ...details,
    problem,
  });
}

function redirectError(response: AcmeResponse, details: AnswerDetails): CertdeskError {
  const target = response.headers.location ?? 'no address';
  return new CertdeskError(
    'ACME_PROTOCOL_ERROR',
    `${response.url} redirects to ${target}. Redirects are not followed: give the final address of the directory.`,
    details,
  );
}

/** A 2xx answer that is not what RFC 8555 has at this place. @param what `a directory`. */
export function unexpectedAnswer(response: AcmeResponse, what: string, cause?: unknown): CertdeskError {
  const type = response.headers['content-type'] ?? 'no content type';
  const message = `${new URL(response.url).host} answered something that is not ${what} (${type}). Is this an ACME CA?`;
  return new CertdeskError('ACME_PROTOCOL_ERROR', message, answerDetails(response, null), { cause });
}

function answerDetails(response: AcmeResponse, problem: Problem | null): AnswerDetails {
  const wait = retryAfterMs(response.headers);
  return {
    url: response.url,
    status: response.status,
    ...(problem === null ? { body: response.text.slice(0, 300) } : { problem }),
    ...(wait === null ? {} : { retryAfter: Math.ceil(wait / 1000) }),
  };
}

function describe(problem: Problem): string {
  const text = [problem.detail, problem.title].find((part) => typeof part === 'string' && part !== '');
  return typeof text === 'string' ? text : problem.type;
}
