// Sends requests to the server. It uses Node's own HTTP client, because that loads in a few milliseconds.
import { createHash } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { ErrorBody } from '../../shared/errors.ts';
import { CommandFailure } from './failure.ts';
import { isRecord } from './values.ts';

/** A server, and how to reach and to trust it. */
export interface Server {
  /** Without a slash at the end, `https://example.com/certdesk`. */
  readonly url: string;
  readonly token: string | null;
  /** Certificates to trust besides the system's, as PEM. */
  readonly roots: string | null;
  /** SHA-256 of the only certificate to accept, as 64 hex digits. */
  readonly fingerprint: string | null;
  /** Accept any certificate, because the server has proved another way who it is (cli/local-server.ts). */
  readonly isProved: boolean;
}

/** A parameter with several values is repeated. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

export interface Call {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: IncomingMessage['headers'];
}

/** How long the server may be silent. Jobs do not need longer: the client asks for their state again and again. */
const SILENCE_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * @param path Below /api/v1.
 * @throws CommandFailure if the server cannot be reached, fails, or is not Certdesk
 */
export async function call(server: Server, method: string, path: string, given: Call = {}): Promise<Answer> {
  const answer = await send(server, method, path, given);
  if (answer.status >= 200 && answer.status < 300) return answer;
  const body = jsonOf(answer);
  if (isErrorBody(body)) throw new CommandFailure(body.error, body);
  const { location } = answer.headers;
  if (location !== undefined && answer.status >= 300 && answer.status < 400)
    throw new CommandFailure(
      `${server.url} redirects to ${location}. Name that server with --url; Certdesk does not send a token to an address that it was not given`,
    );
  throw notCertdesk(server, answer);
}

/** Like `call`, for answers of JSON. @returns the text as the server sent it, and its value */
export async function callJson(
  server: Server,
  method: string,
  path: string,
  given: Call = {},
): Promise<{ readonly text: string; readonly value: unknown }> {
  const answer = await call(server, method, path, given);
  const value = jsonOf(answer);
  if (value === undefined) throw notCertdesk(server, answer);
  return { text: answer.bytes.toString(), value };
}

/** @throws CommandFailure: another program answers at the address. */
export function notCertdesk(
  { url }: Server,
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
): CommandFailure {
  const type = headers['content-type']?.split(';')[0] ?? 'no content type';
  return new CommandFailure(
    `${url} does not answer like Certdesk (status ${status}, ${type}). Check the address; behind a reverse proxy, it includes the path`,
  );
}

function jsonOf({ bytes, headers }: Answer): unknown {
  if (headers['content-type']?.startsWith('application/json') !== true) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return isRecord(body) && typeof body.error === 'string' && typeof body.code === 'string';
}

async function send(server: Server, method: string, path: string, given: Call): Promise<Answer> {
  const url = new URL(`${server.url}/api/v1${path}`);
  for (const [name, value] of Object.entries(given.query ?? {}))
    for (const each of typeof value === 'string' ? [value] : value) url.searchParams.append(name, each);
  const body = given.body === undefined ? null : JSON.stringify(given.body);
  const headers = {
    accept: 'application/json',
    'user-agent': 'certdesk',
    ...(server.token === null ? {} : { authorization: `Bearer ${server.token}` }),
    ...(body === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...given.headers,
  };
  const pinned = server.fingerprint === null ? null : await connectPinned(url, server.fingerprint);
  const trust = server.roots === null ? {} : { ca: server.roots };
  const options = {
    method,
    headers,
    timeout: SILENCE_MS,
    ...(pinned === null ? {} : { createConnection: () => pinned }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(unreachable(server, error));
    const sent: ClientRequest =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...trust, rejectUnauthorized: !server.isProved })
        : httpRequest(url, options);
    sent.once('timeout', () => sent.destroy(new Error(`no answer for ${SILENCE_MS / 1000} seconds`)));
    sent.once('error', fail);
    sent.once('response', (response) => read(response).then(resolve, fail));
    sent.end(body ?? undefined);
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('the answer is larger than 64 MiB');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, bytes: Buffer.concat(chunks), headers: response.headers };
}

/** Opens a connection and compares the certificate before anything is sent. */
function connectPinned(url: URL, fingerprint: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    if (url.protocol !== 'https:') {
      reject(new CommandFailure(`--fingerprint needs an https:// address, not ${url.origin}`));
      return;
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: Number(url.port || 443),
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('no answer')));
    socket.once('error', (error) =>
      reject(new CommandFailure(`Cannot reach ${url.origin}: ${error.message}`)),
    );
    socket.once('secureConnect', () => {
      const found = createHash('sha256').update(socket.getPeerCertificate(false).raw).digest('hex');
      if (found === fingerprint) return resolve(socket);
      socket.destroy();
      reject(
        new CommandFailure(
          `${url.origin} has another certificate than --fingerprint names: its SHA-256 is ${found}. Nothing was sent`,
        ),
      );
    });
  });
}

/** Whether an error says that nobody answered, so that the same request may succeed after a restart of the server. */
export class UnreachableFailure extends CommandFailure {}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it does not answer',
};

const UNTRUSTED = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY|GET).*)$/;

function unreachable({ url }: Server, error: Error): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (UNTRUSTED.test(code))
    return new CommandFailure(
      `The certificate of ${url} is not trusted (${error.message.split(';', 1)[0]}). Name its CA with --ca-file, or, for a self-signed certificate, the fingerprint that the server printed with --fingerprint`,
      null,
      { cause: error },
    );
  const reason = REASONS[code] ?? (error.message === '' ? code : error.message);
  const hint = url.startsWith('https:') && code === 'EPROTO' ? '. Perhaps it serves http:// only' : '';
  return new UnreachableFailure(`Cannot reach ${url}: ${reason}${hint}`, null, { cause: error });
}
