// Implements AcmeSession: the requests of RFC 8555 for one account at one CA, in the order of an issuance.

import { createHash, X509Certificate } from 'node:crypto';
import { toIdentifier } from '../../../shared/identifiers.ts';
import { CertdeskError } from '../core/errors.ts';
import { parseRetryAfter } from '../core/retry-after.ts';
import { accountDeactivated } from './account-deactivated.ts';
import { downloadChain } from './chains.ts';
import type { AcmeDirectory, AcmeSession } from './contract.ts';
import { keyChangeJws, publicJwk } from './key-change.ts';
import { type AcmeResponse, isRefusal, parseJson, unexpectedAnswer } from './problem.ts';
import { readAuthorization, readOrder, resolveUrl } from './schemas.ts';

export interface CallOptions {
  /** PEM of the signing key. */
  readonly key: string;
  /** The `kid` of the JWS; null: the JWS contains the public key instead (RFC 8555 section 6.2). */
  readonly accountUrl: string | null;
  readonly eab?: { readonly kid: string; readonly hmacKey: string } | undefined;
  /** Whether the request may be sent twice (POST-as-GET). */
  readonly idempotent?: boolean;
}

/**
 * Sends a signed request and returns the 2xx response.
 * @param payload Null for a POST-as-GET.
 * @throws as the methods of AcmeSession
 */
export type Call = (url: string, payload: object | null, options: CallOptions) => Promise<AcmeResponse>;

export interface SessionDeps {
  /** PEM. */
  readonly accountKey: string;
  readonly accountUrl: string | null;
  directory(): Promise<AcmeDirectory>;
  readonly call: Call;
}

/** The signing account; `url` is set once newAccount has succeeded. */
interface Account {
  key: string;
  url: string | null;
}

/** Creates a session. It sends nothing until a method is called. */
export function createSession({ accountKey, accountUrl, directory, call: send }: SessionDeps): AcmeSession {
  const account: Account = { key: accountKey, url: accountUrl };
  let time: Date | null = null;
  const call: Call = async (url, payload, options) => {
    const response = await send(url, payload, options);
    const at = Date.parse(response.headers.date ?? '');
    time = Number.isNaN(at) ? null : new Date(at);
    return response;
  };
  return {
    directory,
    time: () => time,
    ...accountMethods(account, directory, call),
    ...orderMethods(account, directory, call),
    ...certificateMethods(account, directory, call),
  };
}

function signedBy(account: Account): CallOptions {
  if (account.url !== null) return { key: account.key, accountUrl: account.url };
  throw new CertdeskError('INTERNAL', 'The ACME session has no account yet: createAccount comes first.');
}

function readBy(account: Account): CallOptions {
  return { ...signedBy(account), idempotent: true };
}

function accountMethods(
  account: Account,
  directory: () => Promise<AcmeDirectory>,
  call: Call,
): Pick<AcmeSession, 'createAccount' | 'findAccount' | 'changeKey' | 'keyAuthorization'> {
  return {
    async createAccount({ email, eab }) {
      const { meta, newAccount } = await directory();
      if (meta?.externalAccountRequired === true && eab === undefined)
        throw new CertdeskError('ACME_EAB_REQUIRED');
      const data = {
        termsOfServiceAgreed: true,
        ...(email === null ? {} : { contact: [`mailto:${email}`] }),
      };
      // Status 200 returns the existing account of the key. Certdesk does not update it, because some CAs reject that.
      const response = await call(newAccount, data, { key: account.key, accountUrl: null, eab });
      account.url = accountOf(response);
      return { url: account.url };
    },
    async findAccount() {
      const { newAccount } = await directory();
      const byKey: CallOptions = { key: account.key, accountUrl: null };
      try {
        account.url = accountOf(await call(newAccount, { onlyReturnExisting: true }, byKey));
        return { url: account.url };
      } catch (error) {
        if (isRefusal(error, 'accountDoesNotExist')) return null;
        throw error;
      }
    },
    async changeKey(newKey) {
      const { keyChange: url } = await directory();
      if (url === undefined) {
        const message = 'The CA does not support changing the key of an account (keyChange).';
        throw new CertdeskError('ACME_PROTOCOL_ERROR', message);
      }
      const by = signedBy(account);
      const kid = by.accountUrl ?? '';
      const jws = keyChangeJws({ url, accountUrl: kid, oldKey: account.key, newKey });
      await call(url, jws, by);
      account.key = newKey;
    },
    keyAuthorization: (token) => `${token}.${thumbprint(account.key)}`,
  };
}

/** Reads the account URL. @throws ACME_ACCOUNT_DEACTIVATED if the account object has such a status */
function accountOf(response: AcmeResponse): string {
  const url = resolveUrl(response.headers.location, response);
  if (url === undefined) throw unexpectedAnswer(response, 'an account');
  const body = parseJson(response.text);
  const status: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'status') : undefined;
  if (status === 'deactivated' || status === 'revoked') throw accountDeactivated(url, null);
  return url;
}

function orderMethods(
  account: Account,
  directory: () => Promise<AcmeDirectory>,
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
  const getOrder = async (url: string) => readOrder(await call(url, null, readBy(account)), url);
  return {
    async createOrder({ names, profile, replaces }) {
      const order = {
        identifiers: names.map(toIdentifier),
        ...(profile === undefined ? {} : { profile }),
        ...(replaces === undefined ? {} : { replaces }),
      };
      const { newOrder } = await directory();
      const response = await call(newOrder, order, signedBy(account));
      const url = resolveUrl(response.headers.location, response);
      if (url === undefined) throw unexpectedAnswer(response, 'a new order with its URL');
      try {
        return readOrder(response, url);
      } catch (error) {
        // The CA has created the order, even if this response is unreadable.
        return getOrder(url).catch(() => Promise.reject(error));
      }
    },
    getOrder,
    async getAuthorization(url) {
      return readAuthorization(await call(url, null, readBy(account)), url);
    },
    async completeChallenge(url) {
      const response = await call(url, {}, signedBy(account));
      return { retryAfterMs: parseRetryAfter(response.headers) };
    },
    async deactivateAuthorization(url) {
      await call(url, { status: 'deactivated' }, signedBy(account));
    },
    async finalizeOrder({ url, finalize }, csrPem) {
      if (finalize === undefined) {
        const message = 'The CA did not say where to send the certificate signing request (finalize).';
        throw new CertdeskError('ACME_PROTOCOL_ERROR', message, { url });
      }
      const response = await call(finalize, { csr: derOf(csrPem) }, signedBy(account));
      try {
        return readOrder(response, url);
      } catch {
        // The CA has accepted the CSR; polling the order will show its status.
        return { url, status: 'processing', identifiers: [], authorizations: [], retryAfterMs: null };
      }
    },
  };
}

/** The DER of a PEM text, as base64url. */
function derOf(pem: string): string {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64').toString('base64url');
}

function certificateMethods(
  account: Account,
  directory: () => Promise<AcmeDirectory>,
  call: Call,
): Pick<AcmeSession, 'getCertificate' | 'revokeCertificate'> {
  const download = (url: string) => call(url, null, readBy(account));
  return {
    getCertificate: (url, preferredChain) => downloadChain(download, url, preferredChain),
    async revokeCertificate(certificate, reason, certificateKey) {
      const { revokeCert } = await directory();
      if (revokeCert === undefined) {
        throw new CertdeskError(
          'ACME_PROTOCOL_ERROR',
          'The CA does not support revoking certificates (revokeCert).',
        );
      }
      const by = certificateKey === undefined ? signedBy(account) : { key: certificateKey, accountUrl: null };
      const payload = { certificate: new X509Certificate(certificate).raw.toString('base64url'), reason };
      try {
        await call(revokeCert, payload, by);
      } catch (error) {
        if (!isRefusal(error, 'alreadyRevoked')) throw error;
      }
    },
  };
}

/** RFC 7638: SHA-256 of the public key's required members, sorted by name. */
function thumbprint(privateKeyPem: string): string {
  return createHash('sha256')
    .update(JSON.stringify(publicJwk(privateKeyPem)))
    .digest('base64url');
}
