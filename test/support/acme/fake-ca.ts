// A minimal CA for behaviour that Pebble does not have: each test sets the answers per path. Loopback, plain HTTP.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { portOf } from '../tools/ports.ts';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The JWS of a POST: its decoded protected header and payload; null if the body is not one. */
  readonly jws: {
    readonly header: { nonce?: string; kid?: string; url: string };
    readonly payload: unknown;
  } | null;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON. */
  readonly body?: object | string;
}

/** Writes the answer itself if it returns nothing (to hang, to break the connection). */
export type FakeHandler = (
  request: FakeRequest,
  response: ServerResponse,
) => FakeAnswer | undefined | Promise<FakeAnswer | undefined>;

export interface FakeCa {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly directoryUrl: string;
  readonly requests: readonly FakeRequest[];
  /** How many connections clients have opened. */
  readonly connections: number;
  /** The requests for that path, in order. */
  to(path: string): readonly FakeRequest[];
  /** Sets the answer to every later request for the path. */
  on(path: string, handler: FakeHandler): void;
  stop(): Promise<void>;
}

/**
 * Answers /directory, /new-nonce and /new-account (201) like a CA, and everything else with 404 until `on` is called.
 * Every answer has a new nonce, `nonce-1` and so on; the test checks whether they are used.
 */
export async function startFakeCa(): Promise<FakeCa> {
  const requests: FakeRequest[] = [];
  const handlers = new Map<string, FakeHandler>();
  let nonces = 0;
  let connections = 0;
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await read(incoming);
      requests.push(request);
      const answer = await handlers.get(request.path)?.(request, response);
      if (answer === undefined && handlers.has(request.path)) return;
      nonces += 1;
      write(response, answer ?? { status: 404 }, `nonce-${nonces}`);
    })();
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server)}`;
  const on = (path: string, handler: FakeHandler): void => void handlers.set(path, handler);
  on('/directory', () => ({ body: fakeDirectory(url) }));
  on('/new-nonce', () => ({}));
  on('/new-account', () => ({
    status: 201,
    headers: { location: `${url}/account/1` },
    body: { status: 'valid' },
  }));
  return {
    url,
    directoryUrl: `${url}/directory`,
    requests,
    get connections() {
      return connections;
    },
    to: (path) => requests.filter((request) => request.path === path),
    on,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function fakeDirectory(url: string): Record<string, unknown> {
  return {
    newNonce: `${url}/new-nonce`,
    newAccount: `${url}/new-account`,
    newOrder: `${url}/new-order`,
    revokeCert: `${url}/revoke-cert`,
  };
}

async function read(incoming: IncomingMessage): Promise<FakeRequest> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  const decode = (part: string): string => Buffer.from(part, 'base64url').toString('utf8');
  const jws: { protected: string; payload: string } | null = body === '' ? null : JSON.parse(body);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    jws:
      jws === null
        ? null
        : {
            header: JSON.parse(decode(jws.protected)),
            payload: jws.payload === '' ? null : JSON.parse(decode(jws.payload)),
          },
  };
}

function write(response: ServerResponse, answer: FakeAnswer, nonce: string): void {
  const { status = 200, headers = {}, body = '' } = answer;
  const isJson = typeof body === 'object';
  const type = isJson ? (status < 400 ? 'application/json' : 'application/problem+json') : 'text/html';
  response.writeHead(status, { 'content-type': type, 'replay-nonce': nonce, ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}
