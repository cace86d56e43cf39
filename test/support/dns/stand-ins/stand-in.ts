// What the stand-ins of DNS providers' APIs share: an HTTP server on a free loopback port, the zones in memory, a
// record of every request, and faults on demand. Each provider's own file answers as its documentation says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DnsCredentials } from '../../../../src/main/engine/dns/credentials/values.ts';
import { portOf } from '../../tools/ports.ts';
import type { ZoneTable } from './zone-table.ts';

export interface RecordedRequest {
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The path and query as they were sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON where it is no string; nothing where it is undefined. */
  readonly body?: unknown;
}

/** `list all`: a list of zones, but not one zone by its name (Cloudflare, of a token for one zone). */
export type Permission = 'list' | 'list all' | 'add' | 'remove';

export interface StandInState {
  readonly revoked: boolean;
  readonly denied: ReadonlySet<Permission>;
}

export interface DnsStandIn {
  /** For `--dns-endpoint`. */
  readonly endpoint: string;
  /** What the API takes, as the provider declares its fields. */
  readonly credentials: DnsCredentials;
  /** Values that no error and no log line may hold. */
  readonly secrets: readonly string[];
  readonly requests: readonly RecordedRequest[];
  readonly zones: ZoneTable;
  /**
   * The next calls are answered with this status and a body in the provider's form, whose text holds the
   * Authorization that was sent and every secret: the worst that an API can do to its clients.
   */
  failNext(count: number, status: number, headers?: Readonly<Record<string, string>>): void;
  /** The next calls are taken and never answered. */
  hangNext(count: number): void;
  /** The next call is answered so, and nothing is done. */
  answerNext(answer: StandInAnswer): void;
  /** The next calls are answered with 200 and what no API answers. */
  garbleNext(count: number): void;
  /** The next write is carried out, and the connection broken before its answer. */
  loseNextAnswer(): void;
  /** The next write is carried out, and its answer never comes. */
  holdNextAnswer(): void;
  /** From now on the credentials are refused, as the provider refuses unknown ones. */
  revoke(): void;
  /** From now on the credentials lack these permissions, and no other; none where left out. */
  deny(...permissions: readonly Permission[]): void;
  close(): Promise<void>;
}

export interface StandInParts {
  readonly credentials: DnsCredentials;
  readonly secrets: readonly string[];
  readonly zones: ZoneTable;
  /** The path that belongs to the endpoint; the origin alone where left out. */
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
    // 418 is no provider's status: the stand-in itself is wrong, and the test shall say so.
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

/** The JSON body, or null where it is none or its Content-Type is another. */
export function jsonBody(request: RecordedRequest): unknown {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return null;
  try {
    return JSON.parse(request.body);
  } catch {
    return null;
  }
}
