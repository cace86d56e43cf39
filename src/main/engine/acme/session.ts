// One account at one CA: the verbs of RFC 8555 in the order in which an issuance uses them.
import { createHash, X509Certificate } from 'node:crypto';
import { CertdeskError } from '../errors.ts';
import { decodePem, readPemBlocks } from '../inspect/pem.ts';
import type { AcmeDirectory, AcmeSession } from './contract.ts';
import { keyChangeJws, publicJwk } from './key-change.ts';
import { type AcmeResponse, isRefusal, retryAfterMs, unexpectedAnswer } from './problem.ts';
import { readAuthorization, readOrder } from './schemas.ts';

/** What is used of acme-client's Client, with no more of each argument than its code reads (src/client.js). */
export interface Verbs {
  readonly http: {
    signedRequest(url: string, payload: object, by?: { readonly kid: string }): Promise<unknown>;
  };
  getAccountUrl(): string;
  createAccount(data: object): Promise<unknown>;
  createOrder(data: object): Promise<{ readonly url: string }>;
  getOrder(order: { readonly url: string }): Promise<unknown>;
  getAuthorizations(order: { readonly authorizations: readonly string[] }): Promise<unknown>;
  deactivateAuthorization(authorization: { readonly url: string }): Promise<unknown>;
  completeChallenge(challenge: { readonly url: string }): Promise<unknown>;
  finalizeOrder(order: { readonly url: string; readonly finalize: string }, csr: string): Promise<unknown>;
  getCertificate(order: { readonly status: 'valid'; readonly certificate: string }): Promise<string>;
  revokeCertificate(certificate: string, data: { reason: number }): Promise<unknown>;
}

export interface CallOptions {
  /** PEM of the key that signs. */
  readonly key: string;
  /** The JWS names the account by it; where null, it carries the public key (RFC 8555 section 6.2). */
  readonly accountUrl: string | null;
  readonly eab?: { readonly kid: string; readonly hmacKey: string } | undefined;
  /** Whether it may be sent twice (POST-as-GET). */
  readonly idempotent?: boolean;
}

/** Runs the verb on an acme-client made for it; `response` is the last answer. Rejects as AcmeSession does. */
export type Call = <T>(
  verb: (client: Verbs) => Promise<T>,
  options: CallOptions,
) => Promise<{ readonly result: T; readonly response: AcmeResponse }>;

export interface SessionDeps {
  /** PEM. */
  readonly accountKey: string;
  readonly accountUrl: string | null;
  directory(): Promise<AcmeDirectory>;
  readonly call: Call;
}

/** Who signs: set once newAccount has answered. */
interface Account {
  key: string;
  url: string | null;
}

export function createSession({ accountKey, accountUrl, directory, call: send }: SessionDeps): AcmeSession {
  const account: Account = { key: accountKey, url: accountUrl };
  let time: Date | null = null;
  const call: Call = async (verb, options) => {
    const answered = await send(verb, options);
    const at = Date.parse(answered.response.headers.date ?? '');
    time = Number.isNaN(at) ? null : new Date(at);
    return answered;
  };
  return {
    directory,
    time: () => time,
    ...accountVerbs(account, directory, call),
    ...orderVerbs(account, call),
    ...certificateVerbs(account, directory, call),
  };
}

function signedBy(account: Account): CallOptions {
  if (account.url !== null) return { key: account.key, accountUrl: account.url };
  throw new CertdeskError('INTERNAL', 'The ACME session has no account yet: createAccount comes first.');
}

function readBy(account: Account): CallOptions {
  return { ...signedBy(account), idempotent: true };
}

function accountVerbs(
  account: Account,
  directory: () => Promise<AcmeDirectory>,
  call: Call,
): Pick<AcmeSession, 'createAccount' | 'findAccount' | 'changeKey' | 'keyAuthorization'> {
  return {
    async createAccount({ email, eab }) {
      const { meta } = await directory();
      if (meta?.externalAccountRequired === true && eab === undefined)
        throw new CertdeskError('ACME_EAB_REQUIRED');
      const data = {
        termsOfServiceAgreed: true,
        ...(email === null ? {} : { contact: [`mailto:${email}`] }),
      };
      const { result } = await call(
        async (client) => {
          await client.createAccount(data);
          return client.getAccountUrl();
        },
        { key: account.key, accountUrl: null, eab },
      );
      account.url = result;
      return { url: result };
    },
    async findAccount() {
      const { newAccount } = await directory();
      const byKey: CallOptions = { key: account.key, accountUrl: null };
      try {
        const find = { onlyReturnExisting: true };
        const { response } = await call((client) => client.http.signedRequest(newAccount, find), byKey);
        const url = response.headers.location;
        if (url === undefined) throw unexpectedAnswer(response, 'an account');
        account.url = url;
        return { url };
      } catch (error) {
        if (isRefusal(error, 'accountDoesNotExist')) return null;
        throw error;
      }
    },
    async changeKey(newKey) {
      const { keyChange: url } = await directory();
      if (url === undefined) {
        const message = 'The CA offers no way to change the key of an account (keyChange).';
        throw new CertdeskError('ACME_PROTOCOL_ERROR', message);
      }
      const by = signedBy(account);
      const kid = by.accountUrl ?? '';
      const jws = keyChangeJws({ url, accountUrl: kid, oldKey: account.key, newKey });
      await call((client) => client.http.signedRequest(url, jws, { kid }), by);
      account.key = newKey;
    },
    keyAuthorization: (token) => `${token}.${thumbprint(account.key)}`,
  };
}

function orderVerbs(
  account: Account,
  call: Call,
): Pick<
  AcmeSession,
  | 'createOrder'
  | 'getOrder'
  | 'getAuthorization'
  | 'completeChallenge'
  | 'deactivateAuthorization'
  | 'finalizeOrder'
> {
  return {
    async createOrder({ names, profile, replaces }) {
      const order = {
        identifiers: names.map((value) => ({ type: 'dns', value })),
        ...(profile === undefined ? {} : { profile }),
        ...(replaces === undefined ? {} : { replaces }),
      };
      const { result, response } = await call((client) => client.createOrder(order), signedBy(account));
      return readOrder(response, result.url);
    },
    async getOrder(url) {
      const { response } = await call((client) => client.getOrder({ url }), readBy(account));
      return readOrder(response, url);
    },
    async getAuthorization(url) {
      const one = { authorizations: [url] };
      const { response } = await call((client) => client.getAuthorizations(one), readBy(account));
      return readAuthorization(response, url);
    },
    async completeChallenge(url) {
      const { response } = await call((client) => client.completeChallenge({ url }), signedBy(account));
      return { retryAfterMs: retryAfterMs(response.headers) };
    },
    async deactivateAuthorization(url) {
      await call((client) => client.deactivateAuthorization({ url }), signedBy(account));
    },
    async finalizeOrder({ url, finalize }, csrPem) {
      const { response } = await call(
        (client) => client.finalizeOrder({ url, finalize }, csrPem),
        signedBy(account),
      );
      return readOrder(response, url);
    },
  };
}

function certificateVerbs(
  account: Account,
  directory: () => Promise<AcmeDirectory>,
  call: Call,
): Pick<AcmeSession, 'getCertificate' | 'revokeCertificate'> {
  const download = async (certificate: string): Promise<AcmeResponse> => {
    const valid = { status: 'valid', certificate } as const;
    const { response } = await call((client) => client.getCertificate(valid), readBy(account));
    return response;
  };
  return {
    async getCertificate(url, preferredChain) {
      const served = await download(url);
      const issuer = topmostIssuer(served); // also a check that it is a chain at all
      if (preferredChain === undefined || issuer === preferredChain) return served.text;
      for (const link of alternateLinks(served)) {
        const alternate = await download(link);
        if (topmostIssuer(alternate) === preferredChain) return alternate.text;
      }
      return served.text;
    },
    async revokeCertificate(certificate, reason, certificateKey) {
      try {
        if (certificateKey === undefined) {
          await call((client) => client.revokeCertificate(certificate, { reason }), signedBy(account));
          return;
        }
        // acme-client's verb can sign with the account's key only.
        const { revokeCert } = await directory();
        const payload = { certificate: new X509Certificate(certificate).raw.toString('base64url'), reason };
        const byCertificate: CallOptions = { key: certificateKey, accountUrl: null };
        await call((client) => client.http.signedRequest(revokeCert, payload), byCertificate);
      } catch (error) {
        if (!isRefusal(error, 'alreadyRevoked')) throw error;
      }
    },
  };
}

/** RFC 7638: SHA-256 of the public key's required members in the order of their names. */
function thumbprint(privateKeyPem: string): string {
  return createHash('sha256')
    .update(JSON.stringify(publicJwk(privateKeyPem)))
    .digest('base64url');
}

/** The CN of the issuer of the chain's last certificate, which is the root that it leads to; null where it has none. */
function topmostIssuer(response: AcmeResponse): string | null {
  const last = readPemBlocks(response.text).findLast(({ label }) => label === 'CERTIFICATE');
  try {
    const der = last === undefined ? null : decodePem(last)?.der;
    const name = new X509Certificate(der ?? '').issuer;
    return /^CN=(.*)$/m.exec(name)?.[1] ?? null;
  } catch (cause) {
    throw unexpectedAnswer(response, 'a PEM certificate chain', cause);
  }
}

/** RFC 8555 section 7.4.2: `Link: <https://ca.example/certificate/1>;rel="alternate"`. */
function alternateLinks(response: AcmeResponse): string[] {
  const links = (response.headers.link ?? '').split(/,\s*(?=<)/);
  return links.flatMap((link) => /^\s*<([^>]+)>\s*;.*\brel="?alternate"?/i.exec(link)?.[1] ?? []);
}
