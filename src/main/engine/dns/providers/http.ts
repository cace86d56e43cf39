// Calls DNS providers' APIs with time-outs, retries and JSON. Errors contain the provider's message but no secret.

import type { ZodType } from 'zod';
import type { CertdeskError } from '../../core/errors.ts';
import { lazy } from '../../core/lazy.ts';
import { isExcess, parseOutsideJson } from '../../core/outside-json.ts';
import type { Clock, Log } from '../../core/ports.ts';
import { retryAfterDetail } from '../../core/retry-after.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import { addressRefusal, createAgent } from '../../outgoing/connect.ts';
import { type FetchResult, fetchText, type TextAnswer, type TextClient } from './fetch-text.ts';
import { createProviderErrors, type ProviderErrors } from './provider-errors.ts';
import type { Redactor } from './redact.ts';
import { backoffMs, retryAfterMs, type Sleep } from './retry.ts';

export interface DnsHttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; a string or bytes unchanged, with the Content-Type in `headers`. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /**
   * Whether to retry if the request may have taken effect (after a time-out, a broken connection or 5xx). Default: all
   * methods but POST and PATCH. After a 429 or a failed connection, every request is retried.
   */
  readonly idempotent?: boolean;
  /** Recognizes throttling with other statuses than 429: Route 53 uses 400, Google 403. */
  readonly throttled?: (answer: TextAnswer) => boolean;
}

export interface DnsHttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON without null members; undefined for an empty body. */
  readonly json: unknown;
}

export interface DnsHttp extends Pick<ProviderErrors, 'refused' | 'unavailable'> {
  /**
   * Sends a request. Resolves for 2xx, and for 4xx, which the provider's module interprets.
   * @throws DNS_PROVIDER_UNAVAILABLE (no connection, time-out, 429 or 5xx after the retries, a redirect, a response that
   *   is not JSON); ADDRESS_NOT_ALLOWED; the reason of the signal
   */
  request(request: DnsHttpRequest): Promise<DnsHttpResponse>;
  /** Like `request`, for SDKs that parse the text themselves. */
  send(request: DnsHttpRequest): Promise<TextAnswer>;
  /** Parses a response by the provider's documentation. @throws DNS_PROVIDER_UNAVAILABLE if it does not conform */
  read<T>(schema: ZodType<T>, response: DnsHttpResponse): T;
  /** Redacts this value in every later error and log line. */
  withhold(secret: string): void;
}

export interface DnsHttpOptions {
  /** Used in messages and details. */
  readonly provider: { readonly name: string; readonly permissions: string };
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** A log that the redactor already redacts. */
  readonly log: Log;
  readonly sleep: Sleep;
  readonly addressPolicy: AddressPolicy;
  /** Who gave the address of the API. */
  readonly origin: AddressOrigin;
  /** Milliseconds for one attempt, including the body; 20 s by default. */
  readonly timeoutMs?: number;
  /** Milliseconds for all attempts and pauses; 120 s by default. If the provider asks for a longer pause, the call fails. */
  readonly totalMs?: number;
}

/** The maximum number of schema issues in an error message. */
const MAX_ISSUES = 10;
const ATTEMPTS = 4;
const BACKOFF_MS = 500;
const CONNECT_MS = 10_000;

/** Create one instance per provider and set of credentials. */
export function createDnsHttp(options: DnsHttpOptions): DnsHttp {
  const { provider, redactor, clock, log, timeoutMs = 20_000, totalMs = 120_000 } = options;
  const errors = createProviderErrors(provider, redactor);
  const client = lazy(() => openClient(options));

  const send: DnsHttp['send'] = async (request) => {
    const started = performance.now();
    const what = { provider: provider.name, method: request.method, url: request.url };
    for (let attempt = 1; ; attempt++) {
      request.signal.throwIfAborted();
      const result = await fetchText(await client.get(), request, timeoutMs);
      const ms = Math.round(performance.now() - started);
      const outcome =
        'answer' in result ? { status: result.answer.status } : { failed: result.failure.reason };
      log.debug({ ...what, attempt, ms, ...outcome }, 'DNS provider called');
      const verdict = evaluateResponse(request, result, { errors, clock, timeoutMs });
      if ('answer' in verdict) return verdict.answer;
      const pause = verdict.waitMs ?? backoffMs(attempt, BACKOFF_MS);
      if (!verdict.retry || attempt === ATTEMPTS || ms + pause > totalMs) throw verdict.error;
      log.warn({ ...what, attempt, pause, reason: verdict.error.message }, 'Retrying the DNS provider');
      await options.sleep(pause, request.signal);
    }
  };

  return {
    send,
    async request(wanted) {
      const { status, headers, text } = await send(wanted);
      if (text.trim() === '') return { status, headers, json: undefined };
      try {
        return { status, headers, json: parseOutsideJson(text, omitNulls) };
      } catch (cause) {
        const said = errors.excerpt(text);
        const why = isExcess(cause) ? `JSON that is too large (${cause.message})` : 'a body that is not JSON';
        throw errors.unavailable(`answered ${status} with ${why}: ${said}`, { status }, cause);
      }
    },
    read(schema, response) {
      const result = schema.safeParse(response.json);
      if (result.success) return result.data;
      const where = result.error.issues
        .slice(0, MAX_ISSUES)
        .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
      const { status } = response;
      throw errors.unavailable(`answered ${status} in an undocumented form: ${where.join('; ')}`, { status });
    },
    refused: errors.refused,
    unavailable: errors.unavailable,
    withhold: redactor.add,
  };
}

/** A JSON.parse reviver that drops null members, which providers send for absent values. A null in a list remains. */
function omitNulls(this: unknown, key: string, value: unknown): unknown {
  return value === null && key !== '' && !Array.isArray(this) ? undefined : value;
}

/** Idle connections close after a few seconds, so providers need no close method. */
async function openClient({ addressPolicy: policy, origin }: DnsHttpOptions): Promise<TextClient> {
  const { fetch } = await import('undici');
  return { fetch, agent: await createAgent({ policy, origin, connectTimeoutMs: CONNECT_MS }) };
}

interface Failure {
  readonly error: CertdeskError;
  /** Whether the request may be repeated. */
  readonly retry: boolean;
  /** The wait that the provider asked for. */
  readonly waitMs: number | null;
}

/** Returns the response if it is for the caller; otherwise an error and whether to retry. */
function evaluateResponse(
  request: DnsHttpRequest,
  result: FetchResult,
  tools: { readonly errors: ProviderErrors; readonly clock: Clock; readonly timeoutMs: number },
): { readonly answer: TextAnswer } | Failure {
  const { errors, clock, timeoutMs } = tools;
  const idempotent = request.idempotent ?? (request.method !== 'POST' && request.method !== 'PATCH');
  const { host } = new URL(request.url);
  if ('failure' in result) {
    const { reason, timedOut, neverSent, error } = result.failure;
    const refused = addressRefusal(error);
    if (refused !== null) return { error: refused, retry: false, waitMs: null };
    const text = timedOut
      ? `did not answer within ${timeoutMs / 1000} s (${host}).`
      : `is unreachable at ${host}: ${reason}`;
    return { error: errors.unavailable(text, {}, error), retry: idempotent || neverSent, waitMs: null };
  }
  const { answer } = result;
  const { status } = answer;
  const throttled = status === 429 || request.throttled?.(answer) === true;
  if (throttled || status >= 500) {
    const waitMs = retryAfterMs(answer, clock.now());
    const what = throttled ? 'limits the rate of calls' : 'is failing';
    const text = `${what}, it answered ${status}: ${errors.excerpt(answer.text)}`;
    return {
      error: errors.unavailable(text, { status, ...retryAfterDetail(waitMs) }),
      retry: throttled || idempotent,
      waitMs,
    };
  }
  if (status < 300 || status >= 400) return { answer };
  const text = `answered ${status}, a redirect. Certdesk does not follow it, because it would send the credentials along.`;
  return { error: errors.unavailable(text, { status }), retry: false, waitMs: null };
}
