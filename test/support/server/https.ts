// Certdesk with HTTPS in this process, and clients of HTTP/1.1, HTTP/2 and TLS that show what a browser would see.
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { type Json, startApp, type TestApp, type TestAppOptions } from './app.ts';

/** The certificate is not checked: it is what the tests look at. */
const UNCHECKED = { rejectUnauthorized: false } as const;

export function startHttpsApp({ platform = {}, ...options }: TestAppOptions = {}): Promise<TestApp> {
  const https = { enabled: true, project: null, redirect: null };
  return startApp({ ...options, platform: { https, ...platform } });
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Json;
}

export interface HttpsCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const toAnswer = (status: number, headers: IncomingHttpHeaders, text: string): HttpsAnswer => ({
  status,
  headers,
  text,
  body: headers['content-type']?.startsWith('application/json') === true ? JSON.parse(text) : {},
});

/** One request by HTTP/1.1, on a new connection. */
export async function callHttp1(
  url: string,
  method: string,
  { headers = {}, body }: HttpsCall = {},
): Promise<HttpsAnswer> {
  const sent = request(url, { ...UNCHECKED, method, headers, agent: false }); // offers no ALPN: HTTP/1.1
  sent.end(body);
  const [response] = await once(sent, 'response');
  const text = Buffer.concat(await response.toArray()).toString();
  return toAnswer(response.statusCode, response.headers, text);
}

export interface Http2Client {
  readonly session: ClientHttp2Session;
  call(method: string, path: string, call?: HttpsCall): Promise<HttpsAnswer>;
  close(): void;
}

export async function openHttp2(address: string): Promise<Http2Client> {
  const session = connectHttp2(address, UNCHECKED);
  session.on('error', () => undefined);
  await once(session, 'connect');
  return {
    session,
    call: (method, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':method': method, ':path': path, ...headers });
        stream.on('error', reject);
        stream.on('response', (given) => {
          let text = '';
          stream.on('data', (chunk) => (text += chunk));
          stream.on('end', () => resolve(toAnswer(Number(given[':status']), given, text)));
        });
        stream.on('close', () => reject(new Error(`The stream was closed with code ${stream.rstCode}`)));
        stream.end(body);
      }),
    close: () => session.destroy(),
  };
}

export interface Handshake {
  /** SHA-256 with colons. */
  readonly fingerprint: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
}

/** Completes a TLS handshake and closes the connection. */
export async function shakeHands(
  address: string,
  options: { readonly alpn?: readonly string[]; readonly servername?: string } = {},
): Promise<Handshake> {
  const { hostname, port } = new URL(address);
  const { alpn = ['h2', 'http/1.1'], servername = '' } = options;
  const socket = connectTls({
    ...UNCHECKED,
    host: hostname,
    port: Number(port),
    ALPNProtocols: [...alpn],
    servername,
  });
  await once(socket, 'secureConnect');
  const { fingerprint256: fingerprint } = socket.getPeerCertificate();
  const seen = { fingerprint, protocol: socket.getProtocol(), alpn: socket.alpnProtocol };
  socket.destroy();
  return seen;
}
