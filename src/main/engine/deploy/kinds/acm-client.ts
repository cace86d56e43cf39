// Connects the AWS SDK for Certificate Manager with guarded connections, time-outs and Certdesk's errors. The SDK is loaded
// on the first call.
import type { ACMClient } from '@aws-sdk/client-acm';
import type { Agent } from 'undici';
import { CertdeskError } from '../../core/errors.ts';
import type { CredentialValues } from '../../hosts/credential-values.ts';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import { addressRefusal, createAgent } from '../../outgoing/connect.ts';

type Sdk = typeof import('@aws-sdk/client-acm');

export interface AcmTarget {
  readonly region: string;
  /** Replaces the address of AWS; null: the region's. A signed-in person has saved it. */
  readonly endpoint: string | null;
  /** Null: the AWS credentials of Certdesk's user (environment, ~/.aws, instance role). */
  readonly keys: Extract<CredentialValues, { readonly kind: 'aws' }> | null;
}

/** @throws CLOUD_REFUSED, CLOUD_UNAVAILABLE (retryable), ADDRESS_NOT_ALLOWED, or the reason of the signal */
export type AcmApi = <T>(
  work: (client: ACMClient, sdk: Sdk, signal: AbortSignal) => Promise<T>,
) => Promise<T>;

const SERVICE = 'AWS Certificate Manager';
const CONNECT_MS = 10_000;
/** For one call with its answer. */
const CALL_MS = 60_000;
/** Bytes. A certificate with its chain has about 10 KiB; a page of 100 summaries has less than 200. */
const MAX_ANSWER = 1024 * 1024;
const THROTTLED = ['ThrottlingException', 'TooManyRequestsException', 'RequestInProgressException'];

/** Runs `work` with a client, whose connections are closed afterwards. */
export async function withAcm<T>(
  {
    policy,
    target,
    signal,
  }: { readonly policy: AddressPolicy; readonly target: AcmTarget; readonly signal: AbortSignal },
  work: (call: AcmApi) => Promise<T>,
): Promise<T> {
  const sdk = await import('@aws-sdk/client-acm');
  const origin = target.endpoint === null ? 'open' : 'named';
  const agent = await createAgent({
    policy,
    origin,
    connectTimeoutMs: CONNECT_MS,
    maxResponseSize: MAX_ANSWER,
  });
  const client = new sdk.ACMClient({
    region: target.region,
    maxAttempts: 1, // a run is attempted again by its own rules
    requestHandler: { handle: createHandle(agent) },
    ...(target.endpoint === null ? {} : { endpoint: target.endpoint }),
    ...(target.keys === null ? {} : { credentials: keysOf(target.keys) }),
  });
  try {
    return await work(async (call) => {
      signal.throwIfAborted();
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]);
      try {
        return await call(client, sdk, limit);
      } catch (cause) {
        signal.throwIfAborted();
        throw toError(sdk, cause);
      }
    });
  } finally {
    await agent.destroy();
  }
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: NonNullable<AcmTarget['keys']>) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

function createHandle(agent: Agent) {
  return async (
    { method, protocol, hostname, port, path, headers: given, body }: SdkRequest,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ) => {
    // undici sets both itself, to the signed values.
    const { 'content-length': _, host: __, ...headers } = given;
    const answer = await agent.request({
      origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      path,
      method: method === 'GET' ? 'GET' : 'POST',
      headers,
      body: body ?? null,
      signal: abortSignal ?? null,
    });
    const answered = Object.fromEntries(
      Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as const],
      ),
    );
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    return { response: { statusCode: answer.statusCode, headers: answered, body: bytes } };
  };
}

/** Never keeps an error of the SDK as a cause: it has the request with its signature and the private key. */
function toError(sdk: Sdk, cause: unknown): CertdeskError {
  if (cause instanceof CertdeskError) return cause;
  const notAllowed = addressRefusal(cause);
  if (notAllowed !== null) return notAllowed;
  const { name = '', message = '' } = Object(cause) as { readonly name?: string; readonly message?: string };
  if (cause instanceof sdk.ACMServiceException) {
    const status = cause.$metadata.httpStatusCode ?? 0;
    const details = { service: SERVICE, status, reason: name };
    const text = `${SERVICE}: ${message.slice(0, 500)} (${name})`;
    const isRefusal = status >= 400 && status < 500 && !THROTTLED.includes(name);
    return new CertdeskError(isRefusal ? 'CLOUD_REFUSED' : 'CLOUD_UNAVAILABLE', text, details);
  }
  if (name === 'CredentialsProviderError') {
    const text = `${SERVICE}: no AWS credentials were found on this server. Select a host credential of the type AWS keys`;
    return new CertdeskError('CLOUD_REFUSED', text, { service: SERVICE, status: 401, reason: name });
  }
  const code = String(Object(Object(cause).cause ?? cause).code ?? name);
  const text = `${SERVICE} cannot be reached, or sent an answer that cannot be read (${code})`;
  return new CertdeskError('CLOUD_UNAVAILABLE', text, { service: SERVICE, status: 0, reason: code });
}
