// A browser from a server's point of view: keeps its cookie and the page secret, sends Origin, and any header that a
// test wants to forge (Host too, which fetch would not send).
import { type IncomingMessage, request } from 'node:http';
import { PAGE_SECRET_HEADER } from '../../../src/shared/page-secret-header.ts';
import type { Json } from './app.ts';

export interface BrowserAnswer {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Each Set-Cookie as received. */
  readonly cookies: readonly string[];
}

/** Null removes a default header. */
type Forged = Readonly<Record<string, string | null>>;

export interface Browser {
  /** The last `name=value` received, or given. */
  readonly cookie: string | null;
  /** The page's stored secret since the last sign-in. */
  readonly pageSecret: string | null;
  get(path: string, headers?: Forged): Promise<BrowserAnswer>;
  send(
    method: string,
    path: string,
    given: { readonly body?: string | undefined; readonly headers?: Forged },
  ): Promise<BrowserAnswer>;
  /** @param body JSON text. */
  post(path: string, body: string, headers?: Forged): Promise<BrowserAnswer>;
  /** Acts like the page at /login with the secret in its address. */
  signIn(secret: string): Promise<BrowserAnswer>;
  /** Opens an event stream. Resolves when it is open; `ended` resolves when it has ended. */
  stream(path: string): Promise<{ readonly ended: Promise<'complete' | 'cut off'> }>;
}

export interface BrowserOptions {
  readonly cookie?: string;
  readonly pageSecret?: string;
  readonly origin?: string;
  readonly host?: string;
  readonly agent?: string;
  /** Sent as a bearer token, which no browser does on its own. */
  readonly token?: string;
}

/** @param address The server's, `http://127.0.0.1:7878`. */
export function createBrowser(address: string, options: BrowserOptions = {}): Browser {
  const { origin = address, host = new URL(address).host, agent = null, token } = options;
  const bearer = token === undefined ? null : `Bearer ${token}`;
  let cookie = options.cookie ?? null;
  let pageSecret = options.pageSecret ?? null;

  const headersOf = (more: Forged): Record<string, string> => {
    const own = { [PAGE_SECRET_HEADER]: pageSecret, 'User-Agent': agent, Authorization: bearer };
    const all: Forged = { Host: host, Cookie: cookie, ...own, ...more };
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
  };

  const send: Browser['send'] = async (method, path, { body, headers = {} }) => {
    const type = body === undefined || body === '' ? null : 'application/json';
    const own: Forged = body === undefined ? {} : { Origin: origin, 'Content-Type': type };
    const response = await open(address + path, { method, headers: headersOf({ ...own, ...headers }), body });
    const text = Buffer.concat(await response.toArray()).toString();
    const cookies = response.headers['set-cookie'] ?? [];
    const given = cookies[0]?.split(';')[0];
    if (given !== undefined) cookie = given.endsWith('=') ? null : given;
    const json = response.headers['content-type']?.startsWith('application/json') === true;
    return {
      status: response.statusCode ?? 0,
      body: json ? JSON.parse(text) : {},
      text,
      headers: response.headers,
      cookies,
    };
  };

  const post: Browser['post'] = (path, body, headers = {}) => send('POST', path, { body, headers });

  return {
    get cookie() {
      return cookie;
    },
    get pageSecret() {
      return pageSecret;
    },
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post,
    async signIn(secret) {
      const answer = await post('/login', JSON.stringify({ secret }));
      if (typeof answer.body.pageSecret === 'string') pageSecret = answer.body.pageSecret;
      return answer;
    },
    async stream(path) {
      const headers = headersOf({ Accept: 'text/event-stream' });
      const response = await open(address + path, { method: 'GET', headers, body: undefined });
      if (response.statusCode !== 200) throw new Error(`The stream was answered by ${response.statusCode}`);
      response.resume();
      // A connection that is cut off has ended too.
      response.on('error', () => undefined);
      const end = () => (response.complete ? 'complete' : 'cut off');
      return { ended: new Promise((resolve) => response.once('close', () => resolve(end()))) };
    },
  };
}

interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

function open(url: string, { method, headers, body }: Sent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, resolve);
    sent.once('error', reject);
    sent.end(body);
  });
}
