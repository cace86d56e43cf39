// THE gateway to acme-client 5.4, and its only importer: it builds and signs the requests (JWS, EAB, CSR), while the
// sending, nonces, time-outs and errors are ours. Its own go through one axios for the whole process, without a
// time-out, ask for a nonce before every request, and lose all but the detail of the CA's problem document.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type * as AcmeLibrary from 'acme-client';
import { CertdeskError } from '../core/errors.ts';
import type { AcmeClient, AcmeDirectory } from './contract.ts';
import { createDirectoryCache } from './directory-cache.ts';
import { createNoncePool, type NoncePool } from './nonces.ts';
import { type AcmeResponse, answerError, isProblem, parseJson, unexpectedAnswer } from './problem.ts';
import { quickRetry } from './quick-retry.ts';
import { readRenewalInfo } from './renewal-info.ts';
import { type Call, type CallOptions, createSession } from './session.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

/** With the packages that it brings it takes longer to load than all of Certdesk, and a start needs none of it. */
const library = (): Promise<typeof AcmeLibrary> => import('acme-client');

/** At Pebble's 90 % of rejected nonces, one request in 10^9 fails; acme-client's own 5 lose 6 of 10. */
const MAX_BAD_NONCES = 200;
const NONCES = { maxAgeMs: 10 * 60_000, capacity: 32 } as const;

/**
 * Every session of a client shares its connections, directories and nonces. Nothing is sent before a session asks.
 * Throws INVALID_REQUEST where `trustedRoots` are not PEM certificates.
 */
export function createAcmeClient(options: TransportOptions): AcmeClient {
  const transport = createTransport(options);
  const directories = createDirectoryCache(transport);
  const pools = new Map<string, NoncePool>();
  const keys = createSigningKeys();
  const poolOf = (directoryUrl: string): NoncePool => {
    const pool = pools.get(directoryUrl) ?? createNoncePool(NONCES);
    pools.set(directoryUrl, pool);
    return pool;
  };
  return {
    session({ directoryUrl, accountKey, accountUrl, signal }) {
      const directory = (): Promise<AcmeDirectory> => directories.get(directoryUrl, signal);
      const call: Call = async (url, payload, callOptions) => {
        const nonces = poolOf(directoryUrl);
        const context: RequestContext = {
          transport,
          signal,
          keys,
          nonces,
          directoryUrl,
          directory: await directory(),
        };
        const once = () => callOnce(context, { url, payload, options: callOptions });
        try {
          return await (callOptions.idempotent === true ? quickRetry(once, signal) : once());
        } catch (error) {
          if (isOutage(error)) directories.forget(directoryUrl);
          throw error;
        }
      };
      return createSession({ accountKey, accountUrl, directory, call });
    },
    directory: ({ directoryUrl, signal }) => directories.get(directoryUrl, signal),
    async renewalInfo({ directoryUrl, certId, signal }) {
      const { renewalInfo } = await directories.get(directoryUrl, signal);
      if (renewalInfo === undefined) return null;
      const url = `${renewalInfo.replace(/\/$/, '')}/${certId}`;
      const response = await transport.send({ method: 'GET', url, directoryUrl, signal });
      if (response.status >= 300) throw answerError(response);
      return readRenewalInfo(response);
    },
    close: () => transport.close(),
  };
}

/** What one signed request needs. */
interface RequestContext {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly keys: SigningKeys;
  readonly nonces: NoncePool;
  readonly directoryUrl: string;
  readonly directory: AcmeDirectory;
}

async function callOnce(
  context: RequestContext,
  {
    url,
    payload,
    options,
  }: { readonly url: string; readonly payload: object | null; readonly options: CallOptions },
): Promise<AcmeResponse> {
  let last: AcmeResponse | null = null;
  const http = openClient(await library(), { context, options }, (response) => {
    last = response;
  });
  try {
    const bound = options.eab === undefined ? {} : { includeExternalAccountBinding: true };
    // A copy: acme-client adds the external account binding to it.
    await http.signedRequest(url, payload && { ...payload }, { kid: options.accountUrl, ...bound });
    return answered(last);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof CertdeskError || last === null) throw error;
    throw unexpectedAnswer(answered(last), 'what RFC 8555 has here', error);
  }
}

/** The answer, unless it is the last of too many badNonces, which acme-client hands back. */
function answered(response: AcmeResponse | null): AcmeResponse {
  if (response === null) throw new CertdeskError('INTERNAL', 'acme-client answered without a request.');
  if (response.status >= 300) throw answerError(response);
  return response;
}

/** The parts of acme-client's HttpClient (src/http.js) that its types leave out. */
interface LibraryHttp {
  maxBadNonceRetries: number;
  /** What signs; it hands it to node:crypto as it is. */
  accountKey: KeyObject;
  /** Of the account's key, made at the first use where it is not set. */
  jwk: object;
  getDirectory: () => Promise<AcmeDirectory>;
  getNonce: () => Promise<string>;
  request: (url: string, method: string, options?: { readonly data?: object }) => Promise<LibraryResponse>;
  /** Signs and sends, again with a new nonce after badNonce. A payload of null is a POST-as-GET. */
  signedRequest(
    url: string,
    payload: object | null,
    by: { readonly kid: string | null; readonly includeExternalAccountBinding?: boolean },
  ): Promise<LibraryResponse>;
}

interface LibraryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/** The HTTP part of an acme-client for one call, with our own transport, nonces and directory in it. */
function openClient(
  { Client }: typeof AcmeLibrary,
  { context, options }: { readonly context: RequestContext; readonly options: CallOptions },
  seen: (response: AcmeResponse) => void,
): LibraryHttp {
  const { directoryUrl } = context;
  const { http } = new Client({
    directoryUrl,
    accountKey: options.key,
    ...(options.eab === undefined ? {} : { externalAccountBinding: options.eab }),
  }) as unknown as { readonly http: LibraryHttp };
  http.maxBadNonceRetries = MAX_BAD_NONCES;
  Object.assign(http, context.keys.of(options.key));
  http.getDirectory = async () => context.directory;
  http.getNonce = async () => {
    const pooled = context.nonces.take();
    if (pooled !== null) return pooled;
    // An idempotent call is retried as a whole.
    return options.idempotent === true
      ? newNonce(context)
      : quickRetry(() => newNonce(context), context.signal);
  };
  http.request = async (url, _method, { data } = {}) => {
    const body = JSON.stringify(data);
    const { signal } = context;
    const response = await context.transport.send({ method: 'POST', url, directoryUrl, body, signal });
    seen(response);
    const { status, headers, text } = response;
    // acme-client signs again with the nonce of this very answer, so that must not be in the pool as well.
    if (isProblem(response, 'badNonce')) return { status: 400, headers, data: { type: BAD_NONCE } };
    const nonce = headers['replay-nonce'];
    if (nonce !== undefined && isNonce(nonce)) context.nonces.add(nonce);
    if (status >= 300) throw answerError(response);
    return { status, headers, data: parseJson(text) ?? text };
  };
  return http;
}

/** The one form that acme-client knows; CAs also answer it with 403, or in the namespace of ACME's drafts. */
const BAD_NONCE = 'urn:ietf:params:acme:error:badNonce';

/** RFC 8555 section 7.2: by HEAD, or by GET where the CA answers HEAD without a nonce. */
async function newNonce({ transport, directory, directoryUrl, signal }: RequestContext): Promise<string> {
  const ask = async (method: 'HEAD' | 'GET'): Promise<{ response: AcmeResponse; nonce: string | null }> => {
    const response = await transport.send({ method, url: directory.newNonce, directoryUrl, signal });
    const nonce = response.headers['replay-nonce'];
    const isGiven = response.status < 300 && nonce !== undefined && isNonce(nonce);
    return { response, nonce: isGiven ? nonce : null };
  };
  const first = await ask('HEAD');
  const isFailing = first.response.status === 429 || first.response.status >= 500;
  const { response, nonce } = first.nonce !== null || isFailing ? first : await ask('GET');
  if (nonce !== null) return nonce;
  throw response.status >= 300 ? answerError(response) : unexpectedAnswer(response, 'a nonce');
}

/** RFC 8555 section 6.5.1: base64url; others are to be ignored. */
function isNonce(value: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(value);
}

function isOutage(error: unknown): boolean {
  if (!(error instanceof CertdeskError)) return false;
  return ['ACME_UNAVAILABLE', 'ACME_TIMEOUT', 'ACME_PROTOCOL_ERROR'].includes(error.code);
}

/**
 * A PKCS#10 request with the names as subject alternative names and an empty subject (a common name would only
 * limit them to 64 characters, and CAs are leaving it off).
 * @param names A-labels, wildcards included; all of them are in it in this order.
 * @param privateKeyPem RSA, P-256 or P-384, of any PEM form without a passphrase.
 * @returns PEM.
 */
export async function createCsr(names: readonly string[], privateKeyPem: string): Promise<string> {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'pem' });
  const { crypto } = await library();
  const [, csr] = await crypto.createCsr({ altNames: [...names] }, pkcs8.toString());
  return csr.toString('utf8');
}
