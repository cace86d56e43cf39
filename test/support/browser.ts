// A browser as far as a server can tell: keeps its cookie, sends Origin, and any header that a test wants to forge
// (Host too, which fetch would not send).
import { type IncomingMessage, request } from 'node:http';
import type { Json } from './app.ts';

export interface BrowserAnswer {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** Set-Cookie, each as it came. */
  readonly cookies: readonly string[];
}

/** Null takes a header away that would be sent. */
type Forged = Readonly<Record<string, string | null>>;

export interface Browser {
  /** `name=value` that it was given last, or was made with. */
  readonly cookie: string | null;
  get(path: string, headers?: Forged): Promise<BrowserAnswer>;
  /** @param body JSON text. */
  post(path: string, body: string, headers?: Forged): Promise<BrowserAnswer>;
  /** What the page at /login does with the secret in its address. */
  signIn(secret: string): Promise<BrowserAnswer>;
  /** Opens an event stream. Resolves when it is open, with what resolves when it has ended. */
  stream(path: string): Promise<{ readonly ended: Promise<'complete' | 'cut off'> }>;
}

export interface BrowserOptions {
  readonly cookie?: string;
  readonly origin?: string;
  readonly host?: string;
  readonly agent?: string;
  /** Sent as a bearer token, as no browser does by itself. */
  readonly token?: string;
}

/** @param address The server's, `http://127.0.0.1:7878`. */
export function createBrowser(address: string, options: BrowserOptions = {}): Browser {
  const { origin = address, host = new URL(address).host, agent = null, token } = options;
  const bearer = token === undefined ? null : `Bearer ${token}`;
  let cookie = options.cookie ?? null;

  const headersOf = (more: Forged): Record<string, string> => {
    const all: Forged = { Host: host, Cookie: cookie, 'User-Agent': agent, Authorization: bearer, ...more };
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
  };

  async function send(method: string, path: string, { body, headers }: { body?: string; headers: Forged }) {
    const response = await open(address + path, { method, headers: headersOf(headers), body });
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
  }

  const post: Browser['post'] = (path, body, headers = {}) => {
    const type = body === '' ? null : 'application/json';
    return send('POST', path, { body, headers: { Origin: origin, 'Content-Type': type, ...headers } });
  };

  return {
    get cookie() {
      return cookie;
    },
    get: (path, headers = {}) => send('GET', path, { headers }),
    post,
    signIn: (secret) => post('/login', JSON.stringify({ secret })),
    async stream(path) {
      const headers = headersOf({ Accept: 'text/event-stream' });
      const response = await open(address + path, { method: 'GET', headers, body: undefined });
      if (response.statusCode !== 200) throw new Error(`The stream was answered by ${response.statusCode}`);
      response.resume();
      // A connection that is cut off is an end too.
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
