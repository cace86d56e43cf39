// Calls to DNS providers' APIs: time-outs, retries, JSON, and errors that hold the provider's words but no secret.

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
  /** Sent as JSON where it is an object; a string or bytes as they are, with the Content-Type of `headers`. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /**
   * Whether it may be sent again where nobody knows if it took effect (a time-out, a broken connection, 5xx).
   * Where left out: all but POST and PATCH. A 429 and a connection that never came about are retried anyway.
   */
  readonly idempotent?: boolean;
  /** Whether an answer below 500 means "later" too: Route 53 throttles with 400, Google with 403. */
  readonly throttled?: (answer: TextAnswer) => boolean;
}

export interface DnsHttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, without the members that are null; undefined for an empty body. */
  readonly json: unknown;
}

export interface DnsHttp extends Pick<ProviderErrors, 'refused' | 'unavailable'> {
  /**
   * Resolves for 2xx and for the 4xx that the provider's file reads itself.
   * @throws DNS_PROVIDER_UNAVAILABLE (no connection, time-out, 429 or 5xx after the retries, a redirect, an answer
   *   that is not JSON); ADDRESS_NOT_ALLOWED; the signal's reason where it aborts.
   */
  request(request: DnsHttpRequest): Promise<DnsHttpResponse>;
  /** As `request`, for SDKs that read the text themselves. */
  send(request: DnsHttpRequest): Promise<TextAnswer>;
  /** The answer in the form that the provider documents. @throws DNS_PROVIDER_UNAVAILABLE where it is another. */
  read<T>(schema: ZodType<T>, response: DnsHttpResponse): T;
  /** Wipes this value from every error and log line from now on. */
  withhold(secret: string): void;
}

export interface DnsHttpOptions {
  /** Stand in messages and details. */
  readonly provider: { readonly name: string; readonly permissions: string };
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Redacted by the redactor already. */
  readonly log: Log;
  readonly sleep: Sleep;
  readonly addressPolicy: AddressPolicy;
  /** Who named the address of the API. */
  readonly origin: AddressOrigin;
  /** Of one try, its body included; 20 s where left out. Milliseconds. */
  readonly timeoutMs?: number;
  /** Of all tries and pauses, 120 s; a provider that asks for a longer pause fails at once. Milliseconds. */
  readonly totalMs?: number;
}

/** Of an undocumented form, that are named. */
const MAX_ISSUES = 10;
const ATTEMPTS = 4;
const BACKOFF_MS = 500;
const CONNECT_MS = 10_000;

/** One per provider and set of credentials. */
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
      const verdict = judge(request, result, { errors, clock, timeoutMs });
      if ('answer' in verdict) return verdict.answer;
      const pause = verdict.waitMs ?? backoffMs(attempt, BACKOFF_MS);
      if (!verdict.again || attempt === ATTEMPTS || ms + pause > totalMs) throw verdict.error;
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
        const why = isExcess(cause) ? `JSON that is not read (${cause.message})` : 'what is not JSON';
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

/** A JSON.parse reviver: a member that is null is absent, as providers mean it. A null in a list stays in its place. */
function omitNulls(this: unknown, key: string, value: unknown): unknown {
  return value === null && key !== '' && !Array.isArray(this) ? undefined : value;
}

/** Its idle connections close by themselves after some seconds: nobody has to close a provider. */
async function openClient({ addressPolicy: policy, origin }: DnsHttpOptions): Promise<TextClient> {
  const { fetch } = await import('undici');
  return { fetch, agent: await createAgent({ policy, origin, connectTimeoutMs: CONNECT_MS }) };
}

interface Failure {
  readonly error: CertdeskError;
  /** Whether the request may be made again. */
  readonly again: boolean;
  /** What the provider asked to wait. */
  readonly waitMs: number | null;
}

/** The answer where it is for the caller, else what to do about it. */
function judge(
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
    if (refused !== null) return { error: refused, again: false, waitMs: null };
    const text = timedOut
      ? `did not answer within ${timeoutMs / 1000} s (${host}).`
      : `is unreachable at ${host}: ${reason}`;
    return { error: errors.unavailable(text, {}, error), again: idempotent || neverSent, waitMs: null };
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
      again: throttled || idempotent,
      waitMs,
    };
  }
  if (status < 300 || status >= 400) return { answer };
  const text = `answered ${status}, a redirect. Certdesk does not follow it, because it would send the credentials along.`;
  return { error: errors.unavailable(text, { status }), again: false, waitMs: null };
}
