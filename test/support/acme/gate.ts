// A TLS proxy before Pebble, at which a test can act between a request and its answer: kill the client, drop the
// answer, replace it. Pebble builds its URLs from the Host header, which is passed on, so that every later request of
// the client comes through here too.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { Agent, request } from 'undici';
import { portOf } from '../tools/ports.ts';
import type { Pebble } from './pebble.ts';
import { makeFolder, makeTls } from './tls.ts';

export interface GateAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * How an answer fails: `lost`, the connection is closed; `reset`, with an RST; `silent`, it stays open without an
 * answer; `cut`, it is closed after half of the body.
 */
export type GateEnd = 'lost' | 'reset' | 'silent' | { readonly cut: GateAnswer };

/** Called with a request's path; null passes it through. */
export type GateKeeper = (
  path: string,
  pass: () => Promise<GateAnswer>,
) => Promise<GateAnswer | GateEnd> | null;

export interface AcmeGate {
  readonly directoryUrl: string;
  /** PEM of the root that the client must trust. */
  readonly rootPem: string;
  /** Paths in order, such as `/order-plz`. */
  readonly requests: readonly string[];
  /** The nonce of each signed request, in order. */
  readonly nonces: readonly string[];
  /** Called before every later request. */
  keep(keeper: GateKeeper | null): void;
  stop(): Promise<void>;
}

export async function startAcmeGate(pebble: Pick<Pebble, 'directoryUrl' | 'rootPem'>): Promise<AcmeGate> {
  const folder = await makeFolder('gate');
  const { cert, key, rootPem } = await makeTls(folder.path);
  const agent = new Agent({ connect: { ca: pebble.rootPem } });
  const { origin } = new URL(pebble.directoryUrl);
  const requests: string[] = [];
  const nonces: string[] = [];
  let keeper: GateKeeper | null = null;

  const server = createServer({ cert, key }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    let sent = '';
    for await (const chunk of incoming) sent += String(chunk);
    requests.push(path);
    const nonce = nonceOf(sent);
    if (nonce !== null) nonces.push(nonce);
    const pass = () => forward(agent, `${origin}${path}`, { incoming, sent });
    const answer = await (keeper?.(path, pass) ?? pass());
    finish(outgoing, answer);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    directoryUrl: `https://127.0.0.1:${portOf(server)}/dir`,
    rootPem,
    requests,
    nonces,
    keep(next) {
      keeper = next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await agent.destroy();
      await folder.remove();
    },
  };
}

function finish(outgoing: ServerResponse, answer: GateAnswer | GateEnd): void {
  if (answer === 'silent') return;
  if (answer === 'lost') outgoing.destroy();
  else if (answer === 'reset') outgoing.socket?.resetAndDestroy();
  else if ('cut' in answer) {
    const { status, headers, body } = answer.cut;
    outgoing.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body) + 1) });
    outgoing.write(body.slice(0, body.length / 2), () => outgoing.destroy());
  } else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

/** The nonce of a flattened JWS (RFC 8555 section 6.2); null without one. */
function nonceOf(sent: string): string | null {
  if (!sent.startsWith('{')) return null;
  const { protected: header = '' } = JSON.parse(sent) as { readonly protected?: string };
  const { nonce } = JSON.parse(Buffer.from(header, 'base64url').toString() || '{}') as { nonce?: string };
  return nonce ?? null;
}

async function forward(
  agent: Agent,
  url: string,
  { incoming, sent }: { readonly incoming: IncomingMessage; readonly sent: string },
): Promise<GateAnswer> {
  const { method = 'GET', headers } = incoming;
  const names = ['host', 'content-type', 'user-agent'] as const;
  const answer = await request(url, {
    method: method === 'HEAD' || method === 'POST' ? method : 'GET',
    headers: Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, headers[name]]] : []))),
    body: sent === '' ? null : sent,
    dispatcher: agent,
  });
  const body = await answer.body.text();
  const kept = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined || name === 'transfer-encoding' || name === 'content-length'
      ? []
      : [[name, String(value)] as const],
  );
  return { status: answer.statusCode, headers: Object.fromEntries(kept), body };
}
