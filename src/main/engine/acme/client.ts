// The ACME client, and the only importer of acme-client 5.4. The library builds and signs requests (JWS, EAB, CSR);
// Certdesk sends them and handles nonces, time-outs and errors itself. The library would use one axios instance for the
// whole process, without a time-out, fetch a nonce before every request, and drop most of the CA's problem document.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type * as AcmeLibrary from 'acme-client';
import { CertdeskError } from '../core/errors.ts';
import type { AcmeClient, AcmeDirectory } from './contract.ts';
import { createDirectoryCache } from './directory-cache.ts';
import { createNoncePool, type NoncePool } from './nonces.ts';
import { type AcmeResponse, answerError, isProblem, parseJson, unexpectedAnswer } from './problem.ts';
import { quickRetry } from './quick-retry.ts';
import { readRenewalInfo } from './renewal-info.ts';
import { readDirectory } from './schemas.ts';
import { type Call, type CallOptions, createSession } from './session.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

/** Loaded on first use: with its dependencies it takes longer to load than all of Certdesk, and startup does not need it. */
const library = (): Promise<typeof AcmeLibrary> => import('acme-client');

/** If 90 % of nonces are rejected, as by Pebble, one request in 10^9 fails; with acme-client's limit of 5, 6 in 10. */
const MAX_BAD_NONCES = 200;
const NONCES = { maxAgeMs: 10 * 60_000, capacity: 32 } as const;

/**
 * Creates a client whose sessions share connections, directories and nonces. It sends nothing until it is used.
 * @throws INVALID_REQUEST if `trustedRoots` are not PEM certificates
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
    async checkDirectory({ directoryUrl, signal }) {
      const response = await transport.send({ method: 'GET', url: directoryUrl, directoryUrl, signal });
      if (response.status >= 300) throw answerError(response);
      const at = Date.parse(response.headers.date ?? '');
      return { date: Number.isNaN(at) ? null : new Date(at), directory: readDirectory(response) };
    },
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
    // Pass a copy, because acme-client adds the external account binding to it.
    await http.signedRequest(url, payload && { ...payload }, { kid: options.accountUrl, ...bound });
    return answered(last);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof CertdeskError || last === null) throw error;
    throw unexpectedAnswer(answered(last), 'the one that RFC 8555 specifies', error);
  }
}

/** Checks the status, because acme-client returns the last badNonce response when it gives up. */
function answered(response: AcmeResponse | null): AcmeResponse {
  if (response === null) throw new CertdeskError('INTERNAL', 'acme-client answered without a request.');
  if (response.status >= 300) throw answerError(response);
  return response;
}

/** Members of acme-client's HttpClient (src/http.js) that its types omit. */
interface LibraryHttp {
  maxBadNonceRetries: number;
  /** The signing key, which the library passes to node:crypto unchanged. */
  accountKey: KeyObject;
  /** The public JWK of the account key; derived on first use if not set. */
  jwk: object;
  getDirectory: () => Promise<AcmeDirectory>;
  getNonce: () => Promise<string>;
  request: (url: string, method: string, options?: { readonly data?: object }) => Promise<LibraryResponse>;
  /** Signs and sends a request, and repeats it with a new nonce after badNonce. A null payload makes it a POST-as-GET. */
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

/** Creates acme-client's HttpClient for one call, with our transport, nonces and directory. */
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
    // Idempotent calls do not need their own retry here: they are retried as a whole.
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
    // acme-client reuses the nonce of this response, so it must not go into the pool as well.
    if (isProblem(response, 'badNonce')) return { status: 400, headers, data: { type: BAD_NONCE } };
    const nonce = headers['replay-nonce'];
    if (nonce !== undefined && isNonce(nonce)) context.nonces.add(nonce);
    if (status >= 300) throw answerError(response);
    return { status, headers, data: parseJson(text) ?? text };
  };
  return http;
}

/** The only form that acme-client recognizes; some CAs use status 403, or the namespace of ACME's drafts. */
const BAD_NONCE = 'urn:ietf:params:acme:error:badNonce';

/** Fetches a nonce (RFC 8555 section 7.2) with HEAD, or with GET if the response to HEAD has no nonce. */
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

/** RFC 8555 section 6.5.1: nonces are base64url; clients must ignore others. */
function isNonce(value: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(value);
}

function isOutage(error: unknown): boolean {
  if (!(error instanceof CertdeskError)) return false;
  return ['ACME_UNAVAILABLE', 'ACME_TIMEOUT', 'ACME_PROTOCOL_ERROR'].includes(error.code);
}

/**
 * Creates a PKCS#10 request with subject alternative names and an empty subject: a common name is limited to 64
 * characters, and CAs are dropping it.
 * @param names A-labels, wildcards or IP addresses (iPAddress, RFC 8738 section 3); the request has them in this order.
 * @param privateKeyPem RSA, P-256 or P-384, in any unencrypted PEM format.
 * @returns PEM
 */
export async function createCsr(names: readonly string[], privateKeyPem: string): Promise<string> {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'pem' });
  const { crypto } = await library();
  const [, csr] = await crypto.createCsr({ altNames: [...names] }, pkcs8.toString());
  return csr.toString('utf8');
}
