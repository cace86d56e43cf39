// Connects the AWS SDK for Route 53 to DnsHttp, so that time-outs, retries, logging, redaction and errors are the same as
// for other providers. The SDK is loaded on the first call.
import type { Route53Client, Route53ClientConfig } from '@aws-sdk/client-route-53';
import { CertdeskError } from '../../../core/errors.ts';
import { trimEndOf } from '../../../core/outside-text.ts';
import { within } from '../../../core/with-timeout.ts';
import type { DnsCredentials } from '../../credentials/values.ts';
import type { DnsHttp } from '../http.ts';

/** Time limit for finding the server's own AWS credentials, in milliseconds. */
const KEYS_MS = 15_000;

type Sdk = typeof import('@aws-sdk/client-route-53');

/**
 * Runs `work` with the client.
 * @throws DNS_CREDENTIALS_REJECTED or DNS_PROVIDER_REFUSED (with AWS's message and error name), DNS_PROVIDER_UNAVAILABLE,
 *   or the reason of the signal
 */
export type AwsApi = <T>(
  signal: AbortSignal,
  work: (client: Route53Client, sdk: Sdk) => Promise<T>,
) => Promise<T>;

/** @param credentials As defined in route53.ts; without keys, the SDK's default credential chain is used. */
export function createAwsApi(credentials: DnsCredentials, http: DnsHttp, endpoint: string | null): AwsApi {
  let loaded: Promise<{ readonly sdk: Sdk; readonly client: Route53Client }> | undefined;
  const load = async () => {
    const sdk = await import('@aws-sdk/client-route-53');
    return { sdk, client: new sdk.Route53Client(configOf(credentials, http, endpoint)) };
  };
  return async (signal, work) => {
    signal.throwIfAborted();
    loaded ??= load();
    const { sdk, client } = await loaded;
    try {
      // The default chain reads files, runs programs and uses the network, without support for a signal.
      const late = () => http.unavailable('has no keys: those of this server were not available in time.');
      const keys = await within(client.config.credentials(), { timeoutMs: KEYS_MS, signal, late });
      for (const secret of [keys.secretAccessKey, keys.sessionToken ?? '']) http.withhold(secret);
      return await work(client, sdk);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof CertdeskError) throw cause;
      if (cause instanceof sdk.Route53ServiceException) {
        const status = cause.$metadata.httpStatusCode ?? 400;
        throw http.refused({ status }, `${cause.message} (${cause.name})`, { cause });
      }
      if (cause instanceof Error && cause.name === 'CredentialsProviderError') {
        throw http.refused({ status: 401 }, `no keys were found on this server: ${cause.message}`, {
          cause,
        });
      }
      throw http.unavailable(`returned a response that the AWS SDK cannot read: ${cause}`, {}, cause);
    }
  };
}

function configOf(given: DnsCredentials, http: DnsHttp, endpoint: string | null): Route53ClientConfig {
  const { accessKeyId, secretAccessKey, sessionToken } = given;
  const region = String(given.region);
  const keys = {
    accessKeyId: String(accessKeyId),
    secretAccessKey: String(secretAccessKey),
    ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
  };
  return {
    requestHandler: { handle: createHandle(http) },
    maxAttempts: 1, // http does the retries
    ...(accessKeyId === undefined ? {} : { credentials: keys }),
    // Route 53 is global: the SDK signs for us-east-1 in every region, except with a custom endpoint.
    region: endpoint === null || region.startsWith('cn-') ? region : 'us-east-1',
    ...(endpoint === null ? {} : { endpoint: withoutVersion(endpoint) }),
  };
}

/** Removes the API version from the path, because the SDK adds it. */
function withoutVersion(endpoint: string): string {
  const base = trimEndOf(endpoint, '/');
  return base.endsWith('/2013-04-01') ? base.slice(0, -'/2013-04-01'.length) : base;
}

/** The SDK's request, with only the members used here. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Errors with status 400 for throttling: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const THROTTLED = /<Code>(Throttling|ThrottlingException|PriorRequestNotComplete)<\/Code>/;

/** Characters. A page of 100 hosted zones has 60,000; a larger response would take long to parse. */
const MAX_XML = 256 * 1024;

/** Whether this is the API's XML. The SDK would parse a proxy's web page as a response without fields. */
function isAwsXml(text: string): boolean {
  const start = text.trimStart();
  const end = start.startsWith('<?xml') ? start.indexOf('?>') : -1;
  return /^<[A-Z][a-z]/.test(end === -1 ? start : start.slice(end + 2).trimStart());
}

/** Marks all requests as safe to repeat, which holds for every request of route53.ts. */
function createHandle(http: DnsHttp) {
  return async (request: SdkRequest, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) => {
    // fetch sets Host and Content-Length itself, to the signed values.
    const { host: _host, 'content-length': _length, ...headers } = request.headers;
    const {
      status,
      headers: answered,
      text,
    } = await http.send({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: urlOf(request),
      headers,
      body: request.body,
      signal: abortSignal ?? new AbortController().signal,
      idempotent: true,
      throttled: (answer) => answer.status === 400 && THROTTLED.test(answer.text),
    });
    if (text.length > MAX_XML)
      throw http.unavailable(`answered ${status} with more than ${MAX_XML} characters.`, { status });
    if (!isAwsXml(text)) throw http.unavailable(`answered ${status} without Route 53 XML.`, { status });
    return { response: { statusCode: status, headers: answered, body: new TextEncoder().encode(text) } };
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${escapeUri(name)}=${escapeUri(one)}`),
  );
  const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

/** Encodes as in RFC 3986, like the signature. */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
