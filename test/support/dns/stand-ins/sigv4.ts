// Checks AWS Signature Version 4 by recomputing it with the secret key:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RecordedRequest } from './stand-in.ts';

export interface SigV4Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigV4Scope {
  readonly region: string;
  readonly service: string;
}

export interface SigV4Problem {
  readonly code: string;
  readonly message: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Null if the signature is right; else the answer of AWS (always with 403). */
export function checkSigV4(
  request: RecordedRequest,
  keys: SigV4Keys | null,
  { region, service }: SigV4Scope,
): SigV4Problem | null {
  const { headers } = request;
  if (headers.authorization === undefined) {
    return { code: 'MissingAuthenticationToken', message: 'Missing Authentication Token' };
  }
  const [, id, day = '', inRegion, inService, names = '', signature = ''] =
    FORM.exec(headers.authorization) ?? [];
  if (id === undefined) {
    return { code: 'IncompleteSignature', message: 'Authorization header is not of the form that is wanted' };
  }
  const token = headers['x-amz-security-token'];
  if (keys === null || id !== keys.accessKeyId || token !== keys.sessionToken) {
    return {
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    };
  }
  if (inRegion !== region || inService !== service) {
    const message = `Credential should be scoped to a valid region, not '${inRegion}'. `;
    return { code: 'SignatureDoesNotMatch', message };
  }
  const date = headers['x-amz-date'] ?? '';
  const sent = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sent) < 5 * 60_000) || !date.startsWith(day)) {
    return { code: 'SignatureDoesNotMatch', message: `Signature expired: ${date} is now too old` };
  }
  const signed = names.split(';');
  const needed = ['host', 'x-amz-date', ...(token === undefined ? [] : ['x-amz-security-token'])];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical(request, signed))].join('\n');
  const key = ['aws4_request', service, region, day].reduceRight<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${keys.secretAccessKey}`,
  );
  const right = hmac(key, text);
  if (
    needed.every((name) => signed.includes(name)) &&
    timingSafeEqual(right, Buffer.from(signature, 'hex'))
  ) {
    return null;
  }
  return {
    code: 'SignatureDoesNotMatch',
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  };
}

function canonical(request: RecordedRequest, signed: readonly string[]): string {
  const pairs = [...request.query].map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`).sort();
  return [
    request.method,
    // Every service except S3 escapes the escaped path again.
    request.path.split('/').map(escapeUri).join('/'),
    pairs.join('&'),
    ...signed.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed.join(';'),
    sha256(request.body),
  ].join('\n');
}

function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
