// The bare exchange: the requests of one issuance by HTTP-01, sent one after another by the shortest possible script.
// It stores nothing, checks nothing and waits only for the CA. It is the reference for Certdesk.
import { createHash, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { promisify } from 'node:util';
import { crypto } from 'acme-client';
import { Agent, request } from 'undici';

export interface BareClient {
  readonly address: string;
  /** @returns the number of requests. */
  issue(domain: string): Promise<number>;
  stop(): Promise<void>;
}

export interface BareOptions {
  readonly directoryUrl: string;
  readonly rootPem: string;
  /** The address that the CA validates by HTTP-01. */
  readonly address: string;
  readonly port: number;
  readonly keyType: 'ec' | 'rsa';
}

const AGENT = { 'user-agent': 'certdesk-bench' };
const generate = promisify(generateKeyPair);
const b64 = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

type Order = { status: string; authorizations: string[]; finalize: string; certificate: string };
type Authorization = { status: string; challenges: { type: string; url: string; token: string }[] };

/** Its account exists when it resolves. */
export async function createBareClient(options: BareOptions): Promise<BareClient> {
  const agent = new Agent({ connect: { ca: options.rootPem } });
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'prime256v1' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  const tokens = new Set<string>();
  const server = await answerChallenges(options, (token) =>
    tokens.has(token) ? `${token}.${thumbprint}` : null,
  );
  let nonce = '';
  let account: string | null = null;
  let sent = 0;
  const send = async (url: string, payload: object | null) => {
    const by = account === null ? { jwk: { crv, kty, x, y } } : { kid: account };
    const head = b64(JSON.stringify({ alg: 'ES256', nonce, url, ...by }));
    const body = payload === null ? '' : b64(JSON.stringify(payload));
    const signature = signed(`${head}.${body}`, privateKey);
    const answer = await request(url, {
      method: 'POST',
      headers: { ...AGENT, 'content-type': 'application/jose+json' },
      body: JSON.stringify({ protected: head, payload: body, signature }),
      dispatcher: agent,
    });
    sent += 1;
    nonce = String(answer.headers['replay-nonce']);
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.statusCode} ${text}`);
    return { location: String(answer.headers.location), text, json: <T>() => JSON.parse(text) as T };
  };
  const directory = (await (
    await request(options.directoryUrl, { headers: AGENT, dispatcher: agent })
  ).body.json()) as {
    [name: string]: string;
  };
  const first = await request(String(directory.newNonce), {
    method: 'HEAD',
    headers: AGENT,
    dispatcher: agent,
  });
  nonce = String(first.headers['replay-nonce']);
  account = (await send(String(directory.newAccount), { termsOfServiceAgreed: true })).location;

  return {
    address: options.address,
    async issue(domain) {
      sent = 0;
      const key = newKey(options.keyType); // on another thread, during validation
      const made = await send(String(directory.newOrder), { identifiers: [{ type: 'dns', value: domain }] });
      let order = made.json<Order>();
      const [authorizationUrl = ''] = order.authorizations;
      const { challenges } = (await send(authorizationUrl, null)).json<Authorization>();
      const challenge = challenges.find(({ type }) => type === 'http-01');
      if (challenge === undefined) throw new Error('no http-01 challenge');
      tokens.add(challenge.token);
      await send(challenge.url, {});
      while ((await send(authorizationUrl, null)).json<Authorization>().status === 'pending');
      const [, csr] = await crypto.createCsr({ altNames: [domain] }, await key);
      order = (await send(order.finalize, { csr: pemToB64(csr.toString()) })).json<Order>();
      while (order.status === 'processing') order = (await send(made.location, null)).json<Order>();
      const chain = (await send(order.certificate, null)).text;
      if (!chain.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error(`no certificate: ${chain}`);
      tokens.delete(challenge.token);
      return sent;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await agent.close();
    },
  };
}

function signed(text: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

async function newKey(type: 'ec' | 'rsa'): Promise<string> {
  const { privateKey } =
    type === 'ec'
      ? await generate('ec', { namedCurve: 'prime256v1' })
      : await generate('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const pemToB64 = (pem: string): string =>
  Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('base64url');

function answerChallenges(
  { address, port }: BareOptions,
  answer: (token: string) => string | null,
): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const body = answer(incoming.url?.split('/').at(-1) ?? '');
    outgoing.writeHead(body === null ? 404 : 200, { connection: 'close' }).end(body ?? '');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}
