// Sends one message to one webhook: signed, limited in time and size, and only to addresses that its owner may use.
// Redirects are not followed.

import { createHmac } from 'node:crypto';
import type { Agent, Dispatcher } from 'undici';
import type { NotificationDetails } from '../core/error-details.ts';
import { CertdeskError } from '../core/errors.ts';
import { lazy } from '../core/lazy.ts';
import { parseRetryAfter, retryAfterDetail } from '../core/retry-after.ts';
import { type AddressOrigin, type AddressPolicy, plainHttpPolicy } from '../outgoing/address-policy.ts';
import { addressRefusal, createAgent } from '../outgoing/connect.ts';
import type { Delivered } from './model.ts';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly id: string;
  readonly now: Date;
  readonly signingSecret: string;
  readonly token: string | null;
  readonly origin: AddressOrigin;
}

export interface WebhookSender {
  /**
   * Posts a message.
   * @throws NOTIFICATION_FAILED with the response (details.status, details.answer, details.retryAfter in seconds),
   * the reason of `signal`
   */
  post(post: Post, signal: AbortSignal): Promise<Delivered>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 15_000;
const MAX_ANSWER = 64 * 1024;
const MAX_SHOWN = 300;

export interface WebhookSenderOptions {
  readonly policy: AddressPolicy;
  version(): string;
  /** Timeout of the whole exchange in milliseconds. Default: 15,000. */
  readonly timeoutMs?: number;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { policy, version, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const client = lazy(async () => {
    const { request } = await import('undici');
    const bounds = { connectTimeoutMs: timeoutMs, maxResponseSize: MAX_ANSWER };
    const agentsFor = async (policy: AddressPolicy) => ({
      named: await createAgent({ ...bounds, policy, origin: 'named' }),
      open: await createAgent({ ...bounds, policy, origin: 'open' }),
    });
    return { request, https: await agentsFor(policy), http: await agentsFor(plainHttpPolicy(policy)) };
  });
  return {
    async post(post, signal) {
      const { request, ...agents } = await client.get();
      const { [post.origin]: dispatcher } = post.url.startsWith('https:') ? agents.https : agents.http;
      const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer = await request(post.url, {
        method: 'POST',
        headers: headersOf(post, version()),
        body: post.body,
        dispatcher,
        signal: until,
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw failed(
          until.aborted ? `it did not answer within ${timeoutMs / 1000} seconds` : reasonOf(error),
        );
      });
      return checkResponse(answer);
    },
    async close() {
      const made = await client.made();
      const all = made === undefined ? [] : [made.https, made.http].flatMap(Object.values<Agent>);
      await Promise.all(all.map((agent) => agent.destroy()));
    },
  };
}

/**
 * Computes the signature that receivers check (docs/notifications.md).
 * @returns hex
 */
export function sign(secret: string, timestamp: number, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function headersOf(post: Post, version: string): Record<string, string> {
  const timestamp = Math.floor(post.now.getTime() / 1000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': `Certdesk/${version}`,
    'certdesk-delivery': post.id,
    'certdesk-timestamp': String(timestamp),
    'certdesk-signature': `v1=${sign(post.signingSecret, timestamp, post.body)}`,
    ...(post.token === null ? {} : { authorization: `Bearer ${post.token}` }),
  };
}

/** Only the status decides: a response whose body does not end, or is too long, still counts. */
async function checkResponse({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Delivered> {
  const text = await body.text().catch(() => '');
  const answer = text.replace(/\s+/g, ' ').trim().slice(0, MAX_SHOWN);
  if (statusCode >= 200 && statusCode < 300)
    return { status: statusCode, answer: answer || `HTTP ${statusCode}` };
  const redirected = statusCode >= 300 && statusCode < 400;
  const reason = redirected
    ? `it answered ${statusCode}, a redirect, which Certdesk does not follow. Enter the final URL`
    : `it answered ${statusCode}${answer === '' ? '' : `: ${answer}`}`;
  throw failed(reason, { status: statusCode, answer, ...retryAfterDetail(parseRetryAfter(headers)) });
}

function reasonOf(error: unknown): string {
  const refused = addressRefusal(error);
  if (refused !== null) return refused.message.replace(/\.$/, '');
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : 'it failed';
}

function failed(why: string, details: NotificationDetails = {}): CertdeskError {
  return new CertdeskError('NOTIFICATION_FAILED', `The webhook did not accept the message: ${why}.`, details);
}
