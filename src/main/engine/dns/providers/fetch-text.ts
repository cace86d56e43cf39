// Sends an HTTP request and reads the whole response as text within a time-out. It returns failures instead of throwing.
import type * as Undici from 'undici';

/** Larger than any page of a list; a wrong endpoint may send data endlessly. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Errors before the request was sent, after which even a POST can be repeated. */
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
  /** A short reason: `connect ECONNREFUSED 127.0.0.1:1`. */
  readonly reason: string;
  readonly timedOut: boolean;
  readonly neverSent: boolean;
  /** Not redacted: it may contain secrets. */
  readonly error: unknown;
}

export type FetchResult = { readonly answer: TextAnswer } | { readonly failure: FetchFailure };

/**
 * Sends a request without following redirects, so that credentials are sent only to their host.
 * @param timeoutMs For the whole exchange, including the body.
 * @throws only the reason of the signal
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
    const { code, message } = rootCause(error);
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

/** fetch reports only "fetch failed"; the reason is in its cause, or in the parts of an AggregateError. */
function rootCause(error: unknown): { code: string | null; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0]);
  if (!(error instanceof Error)) return { code: null, message: String(error) };
  if (error.cause instanceof Error) return rootCause(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: error.message || code || error.name };
}
