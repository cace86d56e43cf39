// Parses the details of an error: the CA's problem document (RFC 7807), and the names that could not be validated.
import { ERRORS, type ErrorBody } from './errors.ts';
import type { ReachabilityChallenge } from './reachability.ts';

export interface Problem {
  readonly type?: string;
  readonly detail?: string;
  readonly status?: number;
}

export interface NameFailure {
  readonly name: string;
  /** The CA's own explanation. */
  readonly detail: string | null;
  /** Certdesk's suggested fix. */
  readonly advice: string | null;
}

export function problemOf({ details }: ErrorBody): Problem | null {
  return asObject(field(details, 'problem'));
}

/** Returns an entry for each name that the CA could not validate. */
export function nameFailures({ details }: ErrorBody): readonly NameFailure[] {
  const failures = field(details, 'failures');
  if (!Array.isArray(failures)) return [];
  return failures.flatMap((failure: unknown) => {
    const name = field(failure, 'name');
    if (typeof name !== 'string') return [];
    return [
      {
        name,
        detail: text(field(field(failure, 'problem'), 'detail')),
        advice: text(field(failure, 'advice')),
      },
    ];
  });
}

/** Returns the names that failed HTTP-01 or TLS-ALPN-01, for a reachability test; null if there are none. */
export function unreachedNames(body: ErrorBody): Unreached | null {
  const type = field(body.details, 'challengeType');
  const names = nameFailures(body).map(({ name }) => name);
  if (names.length === 0 || (type !== 'http-01' && type !== 'tls-alpn-01')) return null;
  return { type, names };
}

export interface Unreached {
  readonly type: ReachabilityChallenge;
  readonly names: readonly string[];
}

/** What to do, from the details of the error; null if they do not say. */
export function adviceOf({ details }: ErrorBody): string | null {
  return text(field(details, 'advice'));
}

/**
 * Returns what to do about an error: the advice in its details, else the catalogue's text. Null if that repeats the
 * error or addresses API callers (`details`, `GET /…`).
 */
export function hintOf(body: ErrorBody): string | null {
  const advice = adviceOf(body);
  if (advice !== null) return advice;
  const summary = ERRORS[body.code]?.summary ?? null;
  if (summary === null || /\b(details|Details)\b|\b(GET|POST) \//.test(summary)) return null;
  const words = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return words(body.error).includes(words(summary)) ? null : summary;
}

/** Whether an unresponsive name server stalled the job, so that checking resolvers only would help. */
export function suggestsResolversOnly({ details }: ErrorBody): boolean {
  return field(field(details, 'suggestedSetting'), 'propagationCheck') === 'resolvers';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function asObject(value: unknown): Problem | null {
  return typeof value === 'object' && value !== null ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
