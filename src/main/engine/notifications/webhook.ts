// One message to one webhook: signed, within bounds of time and size, at a public address unless a private one was
// allowed, and redirects are not followed.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import { CertdeskError } from '../errors.ts';
import { isPrivate, PRIVATE, publicOnly } from '../fetch-crl.ts';
import { lazy } from '../lazy.ts';
import type { Delivered } from './send.ts';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly id: string;
  readonly now: Date;
  readonly signingSecret: string;
  readonly token: string | null;
  readonly allowPrivate: boolean;
}

export interface WebhookSender {
  /**
   * @throws NOTIFICATION_FAILED with what came back (details.status, details.answer, details.retryAfter in seconds), the
   * reason of `signal`.
   */
  post(post: Post, signal: AbortSignal): Promise<Delivered>;
  close(): Promise<void>;
}

const WITHIN_MS = 15_000;
const MAX_ANSWER = 64 * 1024;
const SHOWN = 300;

export function createWebhookSender(version: () => string, withinMs = WITHIN_MS): WebhookSender {
  const client = lazy(async () => {
    const undici = await import('undici');
    const agentOf = (more: object): Agent =>
      new undici.Agent({
        allowH2: false,
        maxResponseSize: MAX_ANSWER,
        connect: { timeout: withinMs, ...more },
      });
    return { request: undici.request, anywhere: agentOf({}), open: agentOf({ lookup: publicOnly }) };
  });
  return {
    async post(post, signal) {
      const literal = new URL(post.url).hostname.replace(/^\[|\]$/g, '');
      if (!post.allowPrivate && isIP(literal) !== 0 && isPrivate(literal))
        throw failed(`${PRIVATE}. ${HINT}`);
      const { request, anywhere, open } = await client.get();
      const until = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
      const answer = await request(post.url, {
        method: 'POST',
        headers: headersOf(post, version()),
        body: post.body,
        dispatcher: post.allowPrivate ? anywhere : open,
        signal: until,
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw failed(until.aborted ? `it did not answer within ${withinMs / 1000} seconds` : reasonOf(error));
      });
      return judge(answer);
    },
    async close() {
      const made = await client.made();
      await Promise.all([made?.anywhere.destroy(), made?.open.destroy()]);
    },
  };
}

const HINT = 'Allow private addresses in this channel if it is meant';

/** What a receiver checks: docs/notifications.md. @returns hex */
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

/** The status is the verdict: an answer whose body does not end, or is too long, was an answer. */
async function judge({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Delivered> {
  const text = await body.text().catch(() => '');
  const answer = text.replace(/\s+/g, ' ').trim().slice(0, SHOWN);
  if (statusCode >= 200 && statusCode < 300)
    return { status: statusCode, answer: answer || `HTTP ${statusCode}` };
  const redirected = statusCode >= 300 && statusCode < 400;
  const said = redirected
    ? `it answered ${statusCode}, and redirects are not followed: give the address that it leads to`
    : `it answered ${statusCode}${answer === '' ? '' : `: ${answer}`}`;
  throw failed(said, { status: statusCode, answer, retryAfter: retryAfter(headers['retry-after']) });
}

/** RFC 9110 section 10.2.3, and Discord's fractions. @returns seconds */
function retryAfter(header: string | string[] | undefined): number | null {
  const value = String(Array.isArray(header) ? header[0] : (header ?? '')).trim();
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value));
  const date = Date.parse(value);
  return value === '' || Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error
    ? error.message === PRIVATE
      ? `${PRIVATE}. ${HINT}`
      : error.message
    : 'it failed';
}

function failed(why: string, details: object = {}): CertdeskError {
  return new CertdeskError('NOTIFICATION_FAILED', `The webhook did not take the message: ${why}.`, details);
}
