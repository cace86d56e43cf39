// What a schema cannot say of a channel: which addresses are taken, and when a password may travel.
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Channel, WebhookPreset } from '../../../shared/notification.ts';
import { CertdeskError } from '../errors.ts';
import { isPrivate } from '../fetch-crl.ts';

/** @throws INVALID_REQUEST */
export function checkMail(
  { username, security, host, rootCertificate }: NonNullable<Channel['email']>,
  password: string | null,
): void {
  if ((username === null) !== (password === null)) {
    throw invalid(
      username === null ? 'email.username' : 'email.password',
      'user name and password go together',
    );
  }
  const loopback = ['localhost', '127.0.0.1', '::1'].includes(host);
  if (username !== null && security === 'none' && !loopback) {
    throw invalid('email.security', 'a password is not sent without TLS: choose tls or starttls');
  }
  if (rootCertificate === null) return;
  try {
    new X509Certificate(rootCertificate);
  } catch {
    throw invalid('email.rootCertificate', 'is not a certificate in PEM');
  }
}

/** Its words never hold the address, which is a secret. @throws INVALID_REQUEST */
export function checkUrl(given: {
  readonly url: string;
  readonly preset: WebhookPreset;
  readonly allowPrivate: boolean;
}): void {
  const url = URL.parse(given.url);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw invalid('webhook.url', 'is not an http or https address');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('webhook.url', 'has a user name or password in it: use the token');
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const here = url.hostname === 'localhost' || (isIP(literal) !== 0 && isPrivate(literal));
  if (here && !given.allowPrivate) {
    throw invalid('webhook.url', 'is a private address, and this channel does not allow those');
  }
  // Over plain http anybody on the way reads the address, which is the secret.
  if (url.protocol === 'http:' && !given.allowPrivate) {
    throw invalid('webhook.url', 'is plain http, which is for private addresses only: use https');
  }
  if (given.preset === 'ntfy' && url.pathname.split('/').filter((part) => part !== '').length === 0) {
    throw invalid('webhook.url', 'has no topic: https://ntfy.sh/TOPIC');
  }
}

/** The host is no secret; what comes after it may be. */
export function maskUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '…' : `${parsed.protocol}//${parsed.host}/…`;
}

function invalid(field: string, message: string): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', `${field}: ${message}`, { issues: [{ field, message }] });
}
