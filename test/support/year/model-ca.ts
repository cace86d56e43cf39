// A model of a CA behind the engine's own port for ACME clients: strict in what it accepts (RFC 8555, 9773), it issues
// real certificates, applies Let's Encrypt's limits, and records everything that it did for the invariants.
import { createHash } from 'node:crypto';
import type {
  AcmeDirectory,
  AcmeRenewalInfo,
  AcmeSession,
  NewOrder,
} from '../../../src/main/engine/acme/contract.ts';
import { answerError } from '../../../src/main/engine/acme/problem.ts';
import { certIdOf } from '../../../src/main/engine/acme/renewal-info.ts';
import type { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { registeredDomains } from '../../../src/main/engine/rate-limits/usage.ts';
import { type Issuer, issueLeaf, makeCrl, makeIssuer, readCsr } from './der.ts';
import { type Buckets, createBuckets, LIMITS, type Limit } from './limits.ts';
import { type Authz, type Books, directoryOf, type Order, openSession } from './model-session.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface ModelCaOptions {
  readonly directoryUrl: string;
  /** True time, ms: the CA's clock is right. */
  now(): number;
  /** The response to an http-01 token of that name; null for none. */
  serve(name: string, token: string): string | null;
  /** Whether Let's Encrypt's limits apply. */
  readonly limits: boolean;
  readonly ari: boolean;
  /** Null: its certificates name no CRL. */
  readonly crlUrl: string | null;
  /** Profile -> lifetime in ms; the first one is the default. */
  readonly profiles: Map<string, number>;
  /** How long a validation is valid for further orders; ms. */
  readonly reuseMs: number;
  /** Between two requests for one certificate's renewal information; ms. */
  readonly retryAfterMs: number;
}

/** A certificate in the CA's records. */
export interface Entry {
  readonly names: readonly string[];
  readonly set: string;
  readonly serial: Buffer;
  readonly certId: string;
  readonly account: string;
  readonly chain: string;
  readonly issuedAt: number;
  readonly from: number;
  readonly to: number;
  readonly replaces: string | null;
  replacedBy: string | null;
  downloads: number;
  revoked: { readonly at: number; readonly reason: number } | null;
  /** The windows that it has returned, in order, with their times. */
  readonly windows: { readonly at: number; readonly start: number; readonly end: number }[];
  /** Replaces the usual window. */
  window: { readonly start: number; readonly end: number; readonly url?: string } | null;
}

export interface ModelCa {
  readonly directoryUrl: string;
  readonly entries: Entry[];
  readonly counts: { orders: number; reused: number; unfinished(): number; failures: number };
  /** Every refusal because of a limit, which must never occur. */
  readonly broken: { readonly at: number; readonly limit: string; readonly subject: string }[];
  /** All tokens ever issued: none may be served at the end. */
  readonly tokens: Set<string>;
  /** The most orders open at one time. */
  readonly peak: { open: number };
  /** When orders were created, ms. */
  readonly orderedAt: number[];
  /** Thrown instead of every answer. */
  failing: (() => CertdeskError | null) | null;
  directory(): AcmeDirectory;
  session(accountKey: string, accountUrl: string | null): AcmeSession;
  renewalInfo(certId: string): AcmeRenewalInfo | null;
  revoke(entry: Entry, reason: number): void;
  crl(): Buffer;
}

const setOf = (names: readonly string[]) => [...names].toSorted().join(' ');

export function createModelCa(options: ModelCaOptions): ModelCa {
  const { directoryUrl, now, profiles } = options;
  const base = new URL('/', directoryUrl).href;
  const issuer: Issuer = makeIssuer(
    `Model ${new URL(directoryUrl).host}`,
    now() - DAY,
    now() + 20 * 365 * DAY,
  );
  const buckets: Buckets = createBuckets(now);
  const accounts = new Map<string, { url: string; keyId: string }>();
  const orders = new Map<string, Order>();
  const openOrders = new Set<Order>();
  const authz = new Map<string, Authz>();
  const validated = new Map<string, Authz>();
  const byCertId = new Map<string, Entry>();
  const bySet = new Map<string, Entry>();
  let number = 0;

  function refuse(
    status: number,
    type: string,
    detail: string,
    retryAfterMs: number | null = null,
  ): CertdeskError {
    const headers: Record<string, string> = {};
    if (retryAfterMs !== null) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
    const body = { type: `urn:ietf:params:acme:error:${type}`, detail, status };
    return answerError({ url: directoryUrl, status, headers, text: JSON.stringify(body) });
  }

  function hold(limit: Limit, subject: string): void {
    if (!options.limits) return;
    const wait = buckets.wait(limit, subject);
    if (wait === 0) return;
    ca.broken.push({ at: now(), limit: limit.name, subject });
    throw refuse(429, 'rateLimited', `too many ${limit.name} (${limit.count}): ${subject}`, wait);
  }

  const up = (): void => {
    const error = ca.failing?.() ?? null;
    if (error !== null) throw error;
  };

  function windowOf(entry: Entry): { start: number; end: number; url?: string } {
    if (entry.revoked !== null) return { start: entry.revoked.at - DAY, end: entry.revoked.at };
    if (entry.window !== null) return entry.window;
    // As in Boulder: the ideal moment, and a hundredth of the lifetime to each side.
    const lifetime = entry.to - entry.from;
    const ideal = entry.to - lifetime / (lifetime < 10 * DAY ? 2 : 3);
    return { start: ideal - lifetime / 100, end: ideal + lifetime / 100 };
  }

  function findAuthz(account: string, name: string): Authz {
    const reused = validated.get(`${account} ${name}`);
    if (reused !== undefined && reused.validUntil > now()) return reused;
    number += 1;
    const token = createHash('sha256').update(`${base}${number}`).digest('base64url');
    const made: Authz = {
      url: `${base}authz/${number}`,
      name,
      account,
      token,
      status: 'pending',
      validUntil: now() + 7 * DAY,
      error: null,
    };
    authz.set(made.url, made);
    ca.tokens.add(token);
    return made;
  }

  function exemptionOf(request: NewOrder, account: string, set: string): Order['exempt'] {
    const renewal = bySet.has(set);
    if (request.replaces === undefined) return { all: false, renewal };
    const replaced = byCertId.get(request.replaces);
    if (replaced === undefined) throw refuse(400, 'malformed', 'no certificate of that certID');
    if (replaced.account !== account) throw refuse(400, 'malformed', 'another account has that certificate');
    if (!replaced.names.some((name) => request.names.includes(name)))
      throw refuse(400, 'malformed', 'it shares no name with the certificate that it replaces');
    if (replaced.replacedBy !== null) throw refuse(409, 'alreadyReplaced', 'it was replaced already');
    const { start, end } = windowOf(replaced);
    return { all: now() >= start && now() < end, renewal };
  }

  function newOrder(account: string, request: NewOrder): Order {
    const { names, profile } = request;
    if (new Set(names).size !== names.length || names.length === 0) throw refuse(400, 'malformed', 'names');
    if (profile !== undefined && !profiles.has(profile))
      throw refuse(400, 'invalidProfile', `there is no profile ${profile}`);
    const set = setOf(names);
    // As in Boulder: an open order of the same account for the same names is returned again.
    for (const open of openOrders) {
      if (open.account !== account || open.set !== set || settle(open).status === 'invalid') continue;
      if (open.request.replaces !== request.replaces || open.request.profile !== profile) continue;
      ca.counts.reused += 1;
      return open;
    }
    const exempt = exemptionOf(request, account, set);
    if (!exempt.all) {
      if (!exempt.renewal) hold(LIMITS.orders, account);
      if (!exempt.renewal) for (const domain of registeredDomains(names)) hold(LIMITS.domain, domain);
      hold(LIMITS.exactSet, set);
    }
    for (const name of names) hold(LIMITS.failures, `${account} ${name}`);
    if (!exempt.all && !exempt.renewal) buckets.spend(LIMITS.orders, account);
    number += 1;
    const order: Order = {
      url: `${base}order/${number}`,
      account,
      request,
      set,
      authz: names.map((name) => findAuthz(account, name)),
      madeAt: now(),
      exempt,
      status: 'pending',
      entry: null,
    };
    orders.set(order.url, order);
    openOrders.add(order);
    ca.counts.orders += 1;
    ca.orderedAt.push(now());
    ca.peak.open = Math.max(ca.peak.open, openOrders.size);
    return settle(order);
  }

  function settle(order: Order): Order {
    if (order.status === 'pending' && order.authz.some(({ status }) => status === 'invalid'))
      order.status = 'invalid';
    if (order.status === 'pending' && now() - order.madeAt > 7 * DAY) order.status = 'invalid';
    if (order.status === 'pending' && order.authz.every(({ status }) => status === 'valid'))
      order.status = 'ready';
    if (order.status === 'invalid') openOrders.delete(order);
    return order;
  }

  function issue(order: Order, csrPem: string): void {
    const csr = readCsr(csrPem);
    if (csr === null) throw refuse(400, 'badCSR', 'it cannot be read, or is not signed by its key');
    if (setOf(csr.names) !== order.set) throw refuse(400, 'badCSR', 'its names are not those of the order');
    number += 1;
    const serial = Buffer.concat([Buffer.of(0, 0x80 | (number & 0x7f)), Buffer.alloc(8)]);
    serial.writeUIntBE(number, 4, 6);
    const [usual = ''] = profiles.keys();
    const from = Math.floor(now() / 1000) * 1000 - HOUR;
    const to = from + (profiles.get(order.request.profile ?? usual) ?? 90 * DAY) - 1000;
    const { names, replaces = null } = order.request;
    const leaf = issueLeaf(issuer, {
      serial,
      names,
      publicKey: csr.publicKey,
      from,
      to,
      crlUrl: options.crlUrl,
    });
    const entry: Entry = {
      names,
      set: order.set,
      serial,
      certId: certIdOf(issuer.keyId, serial),
      account: order.account,
      chain: leaf + issuer.certificate,
      issuedAt: now(),
      from,
      to,
      replaces,
      replacedBy: null,
      downloads: 0,
      revoked: null,
      windows: [],
      window: null,
    };
    const replaced = replaces === null ? undefined : byCertId.get(replaces);
    if (replaced !== undefined) replaced.replacedBy = entry.certId;
    byCertId.set(entry.certId, entry);
    bySet.set(order.set, entry);
    ca.entries.push(entry);
    order.entry = entry;
    order.status = 'valid';
    openOrders.delete(order);
    if (order.exempt.all) return;
    buckets.spend(LIMITS.exactSet, order.set);
    if (!order.exempt.renewal)
      for (const domain of registeredDomains(names)) buckets.spend(LIMITS.domain, domain);
  }

  function validate(one: Authz, keyAuthorization: string): void {
    if (one.status !== 'pending') return;
    if (options.serve(one.name, one.token) === keyAuthorization) {
      one.status = 'valid';
      one.validUntil = now() + options.reuseMs;
      if (options.reuseMs > 0) validated.set(`${one.account} ${one.name}`, one);
      return;
    }
    one.status = 'invalid';
    const type = 'urn:ietf:params:acme:error:connection';
    one.error = {
      type,
      detail: `${one.name}: Timeout during connect (likely firewall problem)`,
      status: 400,
    };
    ca.counts.failures += 1;
    buckets.spend(LIMITS.failures, `${one.account} ${one.name}`);
  }

  const books: Books = {
    now,
    accounts,
    orders,
    authz,
    up,
    refuse,
    newOrder,
    settle,
    issue,
    validate,
    profiles: () => [...profiles.keys()],
    register() {
      hold(LIMITS.accounts, 'this machine');
      buckets.spend(LIMITS.accounts, 'this machine');
      return `${base}account/${accounts.size + 1}`;
    },
    revoke(certificate, reason) {
      const entry = ca.entries.find(({ chain }) => chain.startsWith(certificate.slice(0, 200)));
      if (entry === undefined) throw refuse(404, 'malformed', 'no such certificate');
      ca.revoke(entry, reason);
    },
  };

  const ca: ModelCa = {
    directoryUrl,
    entries: [],
    counts: {
      orders: 0,
      reused: 0,
      failures: 0,
      unfinished: () => [...openOrders].filter((order) => settle(order).status !== 'invalid').length,
    },
    broken: [],
    tokens: new Set(),
    peak: { open: 0 },
    orderedAt: [],
    failing: null,
    directory() {
      up();
      return directoryOf(books);
    },
    session: (accountKey, accountUrl) => openSession(books, accountKey, accountUrl),
    renewalInfo(certId) {
      up();
      if (!options.ari) return null;
      const entry = byCertId.get(certId);
      if (entry === undefined) throw refuse(404, 'malformed', 'no certificate of that certID');
      const { start, end, url } = windowOf(entry);
      entry.windows.push({ at: now(), start, end });
      const window = { start: new Date(start), end: new Date(end) };
      return { window, explanationUrl: url ?? null, retryAfterMs: options.retryAfterMs };
    },
    revoke(entry, reason) {
      entry.revoked ??= { at: now(), reason };
    },
    crl() {
      up();
      const revoked = ca.entries.flatMap(({ serial, revoked, to }) =>
        revoked === null || to < now() ? [] : [{ serial, ...revoked }],
      );
      return makeCrl(issuer, revoked, now());
    },
  };
  return ca;
}
