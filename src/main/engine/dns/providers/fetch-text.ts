// One HTTP request and its whole answer as text, within a time-out; a failure is told, not thrown.
import type * as Undici from 'undici';

/** More than any list page; a wrong endpoint may answer without end. */
const MOST_BYTES = 2 * 1024 * 1024;

/** The request was not sent where these are the reason, so even a POST can be made again. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface TextClient {
  readonly fetch: typeof Undici.fetch;
  readonly agent: Undici.Agent;
}

export interface TextRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface TextAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface FetchFailure {
  /** In a few words: `connect ECONNREFUSED 127.0.0.1:1`. */
  readonly reason: string;
  readonly timedOut: boolean;
  readonly neverSent: boolean;
  /** As it came: may hold secrets. */
  readonly error: unknown;
}

export type FetchResult = { readonly answer: TextAnswer } | { readonly failure: FetchFailure };

/**
 * Follows no redirect, so that credentials stay with their host.
 * @param timeoutMs Of the whole exchange, the body included.
 * @throws The signal's reason where it aborts, and nothing else.
 */
export async function fetchText(
  { fetch, agent }: TextClient,
  request: TextRequest,
  timeoutMs: number,
): Promise<FetchResult> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: headersOf(request),
      body: bodyOf(request.body),
      redirect: 'manual',
      dispatcher: agent,
      signal: AbortSignal.any([request.signal, timeout.signal]),
    });
    const text = await readText(response);
    return { answer: { status: response.status, headers: Object.fromEntries(response.headers), text } };
  } catch (error) {
    request.signal.throwIfAborted();
    const { code, message } = deepest(error);
    const timedOut = timeout.signal.aborted;
    return {
      failure: { reason: message, timedOut, neverSent: code !== null && NEVER_SENT.has(code), error },
    };
  } finally {
    clearTimeout(timer);
  }
}

function headersOf(request: TextRequest): Headers {
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'Certdesk' });
  if (isJson(request.body)) headers.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  return headers;
}

function isJson(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined || body === null) return null;
  return body instanceof Uint8Array
    ? new Uint8Array(body)
    : isJson(body)
      ? JSON.stringify(body)
      : String(body);
}

async function readText(response: Undici.Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`the response is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** fetch says only "fetch failed"; the reason is in the cause, or in each of several. */
function deepest(error: unknown): { code: string | null; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0]);
  if (!(error instanceof Error)) return { code: null, message: String(error) };
  if (error.cause instanceof Error) return deepest(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: error.message || code || error.name };
}
