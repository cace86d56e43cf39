// A minimal issuance on an AcmeSession, for tests of the client and of Pebble itself.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createCsr } from '../../../src/main/engine/acme/client.ts';
import type {
  AcmeAuthorization,
  AcmeOrder,
  AcmeSession,
  NewOrder,
} from '../../../src/main/engine/acme/contract.ts';

export type TestKey = 'P-256' | 'P-384' | 'RSA-2048';

/** PKCS#8 PEM. */
export function makeKey(type: TestKey = 'P-256'): string {
  const { privateKey } =
    type === 'RSA-2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: type });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export interface Http01Server {
  /** The responses at /.well-known/acme-challenge/TOKEN. */
  readonly proofs: Map<string, string>;
  stop(): Promise<void>;
}

/** @param port Pebble's `httpPort`. */
export async function startHttp01(port: number): Promise<Http01Server> {
  const proofs = new Map<string, string>();
  const server = createServer((request, response) => {
    const proof = proofs.get((request.url ?? '').replace('/.well-known/acme-challenge/', ''));
    response.writeHead(proof === undefined ? 404 : 200).end(proof);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    proofs,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** How to answer the challenges of one type. */
export interface Answers {
  readonly type: 'http-01' | 'dns-01' | 'tls-alpn-01';
  present(challenge: PresentedChallenge): Promise<void> | void;
  /** Removes what `present` has added. */
  end?(): Promise<void>;
}

export interface PresentedChallenge {
  /** A wildcard without `*.`. */
  readonly identifier: string;
  readonly token: string;
  readonly keyAuthorization: string;
}

/**
 * Answers each challenge, and tells the CA that it is ready.
 * @param proofs For http-01: gets the key authorizations.
 */
export async function answerChallenges(
  session: AcmeSession,
  order: AcmeOrder,
  proofs: Map<string, string> | Answers,
): Promise<void> {
  const { type, present } = proofs instanceof Map ? inMap(proofs) : proofs;
  for (const url of order.authorizations) {
    const authorization = await session.getAuthorization(url);
    if (authorization.status === 'valid') continue;
    const { url: challengeUrl, token } = challengeOf(authorization, type);
    const identifier = authorization.identifier?.value ?? '';
    await present({ identifier, token, keyAuthorization: session.keyAuthorization(token) });
    await session.completeChallenge(challengeUrl);
  }
}

const inMap = (proofs: Map<string, string>): Answers => ({
  type: 'http-01',
  present: ({ token, keyAuthorization }) => void proofs.set(token, keyAuthorization),
});

function challengeOf(
  authorization: AcmeAuthorization,
  type: Answers['type'],
): { readonly url: string; readonly token: string } {
  const challenge = authorization.challenges.find((each) => each.type === type);
  if (challenge?.token === undefined) throw new Error(`the CA offers no ${type} challenge`);
  return { url: challenge.url, token: challenge.token };
}

/** Polls every `pauseMs` until the order has left those states. */
export async function pollOrder(
  session: AcmeSession,
  order: AcmeOrder,
  leave: readonly AcmeOrder['status'][],
  pauseMs = 40,
): Promise<AcmeOrder> {
  let current = order;
  for (let polls = 0; leave.includes(current.status) && polls < 250; polls += 1) {
    await delay(pauseMs);
    current = await session.getOrder(order.url);
  }
  return current;
}

export interface Issued {
  readonly order: AcmeOrder;
  /** PEM, as served. */
  readonly chain: string;
}

/** From newOrder to download. @param keyPem The certificate's key. @throws if the order does not become valid. */
export async function issue(
  session: AcmeSession,
  proofs: Map<string, string> | Answers,
  {
    keyPem,
    preferredChain,
    ...newOrder
  }: NewOrder & { readonly keyPem: string; readonly preferredChain?: string },
): Promise<Issued> {
  const created = await session.createOrder(newOrder);
  await answerChallenges(session, created, proofs);
  const ready = await pollOrder(session, created, ['pending']);
  if (ready.status !== 'ready')
    throw new Error(`the order became ${ready.status}: ${JSON.stringify(ready.error)}`);
  const finalized = await session.finalizeOrder(ready, await createCsr(newOrder.names, keyPem));
  const valid = await pollOrder(session, finalized, ['processing', 'ready']);
  if (valid.certificate === undefined) throw new Error(`the order became ${valid.status}`);
  const { chain, preferred = chain } = await session.getCertificate(valid.certificate, preferredChain);
  return { order: valid, chain: preferred };
}
