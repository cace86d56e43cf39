// One account's session at the model of a CA (model-ca.ts), which checks the account of each request.
import { createHash, createPublicKey } from 'node:crypto';
import type {
  AcmeAuthorization,
  AcmeDirectory,
  AcmeOrder,
  AcmeSession,
  NewOrder,
} from '../../../src/main/engine/acme/contract.ts';
import type { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import type { Entry } from './model-ca.ts';

const BASE = 'https://model.example/';

export interface Authz {
  readonly url: string;
  readonly name: string;
  readonly account: string;
  readonly token: string;
  status: 'pending' | 'valid' | 'invalid';
  validUntil: number;
  error: object | null;
}

export interface Order {
  readonly url: string;
  readonly account: string;
  readonly request: NewOrder;
  readonly set: string;
  readonly authz: readonly Authz[];
  readonly madeAt: number;
  /** The limits that it counts against when it has issued. */
  readonly exempt: { readonly all: boolean; readonly renewal: boolean };
  status: 'pending' | 'ready' | 'valid' | 'invalid';
  entry: Entry | null;
}

/** The part of the CA that a session uses. */
export interface Books {
  now(): number;
  readonly accounts: Map<string, { readonly url: string; readonly keyId: string }>;
  readonly orders: ReadonlyMap<string, Order>;
  readonly authz: ReadonlyMap<string, Authz>;
  /** @throws while the CA is unavailable */
  up(): void;
  refuse(status: number, type: string, detail: string): CertdeskError;
  /** @returns the URL of a new account */
  register(): string;
  newOrder(account: string, request: NewOrder): Order;
  /** The order with its current status. */
  settle(order: Order): Order;
  issue(order: Order, csrPem: string): void;
  validate(one: Authz, keyAuthorization: string): void;
  profiles(): readonly string[];
  revoke(certificate: string, reason: number): void;
}

export function directoryOf(books: Pick<Books, 'profiles'>): AcmeDirectory {
  const meta = { profiles: Object.fromEntries(books.profiles().map((name) => [name, BASE])) };
  return { newNonce: BASE, newAccount: BASE, newOrder: BASE, revokeCert: BASE, meta };
}

export function openSession(books: Books, accountKey: string, accountUrl: string | null): AcmeSession {
  const { accounts, orders, authz, up, refuse } = books;
  const jwk = createPublicKey(accountKey).export({ format: 'jwk' });
  const { crv, e, kty, n, x, y } = jwk;
  const keyId = createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
  let url = accountUrl;
  const signed = (): string => {
    up();
    const account = accounts.get(keyId);
    if (url === null || account?.url !== url)
      throw refuse(400, 'accountDoesNotExist', `there is no account ${url}`);
    return account.url;
  };
  const orderOf = (orderUrl: string): Order => {
    const account = signed();
    const order = orders.get(orderUrl);
    if (order === undefined || order.account !== account) throw refuse(404, 'malformed', 'no such order');
    return order;
  };
  const authzOf = (authzUrl: string): Authz => {
    signed();
    const found = authz.get(authzUrl);
    if (found === undefined) throw refuse(404, 'malformed', 'no such authorization');
    return found;
  };
  const present = (order: Order): AcmeOrder => ({
    url: order.url,
    status: books.settle(order).status,
    identifiers: order.request.names.map((value) => ({ type: 'dns', value })),
    authorizations: order.authz.map(({ url }) => url),
    finalize: `${order.url}/finalize`,
    ...(order.request.replaces === undefined ? {} : { replaces: order.request.replaces }),
    ...(order.entry === null ? {} : { certificate: `${order.url}/certificate` }),
    retryAfterMs: null,
  });

  return {
    time: () => new Date(books.now()),
    async directory() {
      up();
      return directoryOf(books);
    },
    async createAccount() {
      up();
      const account = accounts.get(keyId) ?? { url: books.register(), keyId };
      accounts.set(keyId, account);
      url = account.url;
      return { url };
    },
    async findAccount() {
      up();
      const known = accounts.get(keyId);
      return known === undefined ? null : { url: known.url };
    },
    async changeKey() {
      throw refuse(400, 'malformed', 'the model has no keyChange');
    },
    createOrder: async (request) => present(books.newOrder(signed(), request)),
    getOrder: async (orderUrl) => present(orderOf(orderUrl)),
    async getAuthorization(authzUrl): Promise<AcmeAuthorization> {
      const one = authzOf(authzUrl);
      const error = one.error === null ? {} : { error: one.error as { type: string } };
      return {
        url: one.url,
        status: one.status,
        identifier: { type: 'dns', value: one.name },
        wildcard: false,
        challenges: [
          { type: 'http-01', url: `${one.url}/http`, status: one.status, token: one.token, ...error },
        ],
        retryAfterMs: null,
      };
    },
    keyAuthorization: (token) => `${token}.${keyId}`,
    async completeChallenge(challengeUrl) {
      const one = authzOf(challengeUrl.replace(/\/http$/, ''));
      books.validate(one, `${one.token}.${keyId}`);
      return { retryAfterMs: null };
    },
    async deactivateAuthorization(authzUrl) {
      authzOf(authzUrl).status = 'invalid';
    },
    async finalizeOrder({ url: orderUrl }, csr) {
      const order = books.settle(orderOf(orderUrl));
      if (order.status !== 'ready') throw refuse(403, 'orderNotReady', `the order is ${order.status}`);
      books.issue(order, csr);
      return present(order);
    },
    async getCertificate(certificateUrl) {
      const { entry } = orderOf(certificateUrl.replace(/\/certificate$/, ''));
      if (entry === null) throw refuse(404, 'malformed', 'it has issued nothing');
      entry.downloads += 1;
      return { chain: entry.chain, warning: null };
    },
    async revokeCertificate(certificate, reason) {
      signed();
      books.revoke(certificate, reason);
    },
  };
}
