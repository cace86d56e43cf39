// Shared parts of the stand-ins of DNS providers' APIs: an HTTP server on a free loopback port, zones in memory, a
// record of every request, and faults on demand. Each provider's own file answers as its documentation says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DnsCredentials } from '../../../../src/main/engine/dns/credentials/values.ts';
import { portOf } from '../../tools/ports.ts';
import type { ZoneTable } from './zone-table.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Without the query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string; undefined sends no body. */
  readonly body?: unknown;
}

/** `list all`: listing all zones, as opposed to one zone by its name (Cloudflare, with a token for one zone). */
export type Permission = 'list' | 'list all' | 'add' | 'remove';

export interface StandInState {
  readonly revoked: boolean;
  readonly denied: ReadonlySet<Permission>;
}

export interface DnsStandIn {
  /** For `--dns-endpoint`. */
  readonly endpoint: string;
  /** The accepted credentials, by the fields that the provider declares. */
  readonly credentials: DnsCredentials;
  /** Values that must not appear in any error or log line. */
  readonly secrets: readonly string[];
  readonly requests: readonly RecordedRequest[];
  readonly zones: ZoneTable;
  /**
   * Answers the next calls with this status and a body in the provider's format whose text contains the received
   * Authorization and every secret: the worst case of an API.
   */
  failNext(count: number, status: number, headers?: Readonly<Record<string, string>>): void;
  /** Receives the next calls and never answers. */
  hangNext(count: number): void;
  /** Sends this answer to the next call, and does nothing. */
  answerNext(answer: StandInAnswer): void;
  /** Answers the next calls with 200 and an invalid body. */
  garbleNext(count: number): void;
  /** Carries out the next write, and breaks the connection before the answer. */
  loseNextAnswer(): void;
  /** Carries out the next write, and never answers. */
  holdNextAnswer(): void;
  /** From now on refuses the credentials as the provider refuses unknown ones. */
  revoke(): void;
  /** From now on the credentials lack exactly these permissions; default: none. */
  deny(...permissions: readonly Permission[]): void;
  close(): Promise<void>;
}

export interface StandInParts {
  readonly credentials: DnsCredentials;
  readonly secrets: readonly string[];
  readonly zones: ZoneTable;
  /** The path of the endpoint; default: the origin alone. */
  readonly basePath?: string;
  handle(request: RecordedRequest, state: StandInState): StandInAnswer | Promise<StandInAnswer>;
  /** The provider's body for a fault. */
  errorBody(status: number, message: string): unknown;
}

/** Null: no answer. */
type Fault = (request: RecordedRequest) => StandInAnswer | null;

/** Starts the server. Stop it with `close()`. */
export async function startStandIn(parts: StandInParts): Promise<DnsStandIn> {
  const requests: RecordedRequest[] = [];
  const faults: Fault[] = [];
  const state = { revoked: false, denied: new Set<Permission>() };
  let losing = false;
  let holding = false;
  const plan = (count: number, fault: Fault) => {
    faults.push(...Array.from({ length: count }, () => fault));
  };
  const server = createServer(async (message, response) => {
    const request = await record(message);
    requests.push(request);
    const fault = faults.shift();
    const given = fault === undefined ? await answer(parts, request, state) : fault(request);
    if (given === null) return;
    const isWrite = request.method !== 'GET' && request.path !== '/token';
    if (losing && isWrite) {
      losing = false;
      message.socket.destroy();
    } else if (holding && isWrite) {
      holding = false;
    } else {
      send(response, given);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}${parts.basePath ?? ''}`,
    credentials: parts.credentials,
    secrets: parts.secrets,
    requests,
    zones: parts.zones,
    failNext(count, status, headers = {}) {
      plan(count, (request) => {
        const message = `fault, with ${[request.headers.authorization, ...parts.secrets].join(' and ')}`;
        return { status, headers, body: parts.errorBody(status, message) };
      });
    },
    answerNext: (given) => plan(1, () => given),
    hangNext: (count) => plan(count, () => null),
    garbleNext(count) {
      const secret = Buffer.from(`user:${parts.secrets.join(':')}`).toString('base64');
      const body = `<html><body>Sign in to the hotel's network ${secret}</body></html>`;
      plan(count, () => ({ status: 200, headers: { 'content-type': 'text/html' }, body }));
    },
    loseNextAnswer() {
      losing = true;
    },
    holdNextAnswer() {
      holding = true;
    },
    revoke() {
      state.revoked = true;
    },
    deny(...permissions) {
      state.denied = new Set(permissions);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  parts: StandInParts,
  request: RecordedRequest,
  state: StandInState,
): Promise<StandInAnswer> {
  try {
    return await parts.handle(request, state);
  } catch (error) {
    // No provider uses 418: the stand-in itself is wrong, and the test must say so.
    return { status: 418, body: { standIn: error instanceof Error ? error.stack : String(error) } };
  }
}

async function record(message: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const target = message.url ?? '/';
  const [path = '/', query = ''] = target.split('?', 2);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const body = Buffer.concat(chunks).toString('utf8');
  return { method: message.method ?? '', path, query: new URLSearchParams(query), target, headers, body };
}

function send(response: ServerResponse, { status, headers = {}, body }: StandInAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}

/** The JSON body, or null if it is missing or has another Content-Type. */
export function jsonBody(request: RecordedRequest): unknown {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return null;
  try {
    return JSON.parse(request.body);
  } catch {
    return null;
  }
}
