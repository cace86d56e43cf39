// Checks what a channel's schema cannot express: which addresses are allowed, and when a password may be sent.

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Channel, WebhookPreset } from '../../../shared/notification.ts';
import { invalid } from '../core/invalid.ts';
import { type AddressOrigin, type AddressPolicy, REFUSALS } from '../outgoing/address-policy.ts';
import { isPublicAddress } from '../outgoing/special-networks.ts';

/** Checks credentials, TLS mode and root certificate of a mail server. @throws INVALID_REQUEST */
export function checkMail(
  { username, security, host, rootCertificate }: NonNullable<Channel['email']>,
  password: string | null,
): void {
  if ((username === null) !== (password === null)) {
    throw invalid(
      username === null ? 'email.username' : 'email.password',
      'enter both user name and password, or neither',
    );
  }
  const loopback = ['localhost', '127.0.0.1', '::1'].includes(host);
  if (username !== null && security === 'none' && !loopback) {
    throw invalid('email.security', 'Certdesk does not send a password without TLS: select tls or starttls');
  }
  if (rootCertificate === null) return;
  try {
    new X509Certificate(rootCertificate);
  } catch {
    throw invalid('email.rootCertificate', 'is not a PEM certificate');
  }
}

export interface Saving {
  readonly policy: AddressPolicy;
  readonly origin: AddressOrigin;
}

/**
 * Checks a mail server given by IP address. A host name is checked at each connection.
 * @throws INVALID_REQUEST
 */
export function checkMailServer(
  { host, port }: Pick<NonNullable<Channel['email']>, 'host' | 'port'>,
  saving: Saving,
): void {
  refuseLiteral('email.host', { host, port }, saving);
}

/**
 * Checks a webhook's URL. Error messages never contain the URL, because it is a secret.
 * @throws INVALID_REQUEST
 */
export function checkUrl(
  given: { readonly url: string; readonly preset: WebhookPreset },
  saving: Saving,
): void {
  const url = URL.parse(given.url);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw invalid('webhook.url', 'is not an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('webhook.url', 'contains a user name or password: use the token');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  refuseLiteral('webhook.url', { host, port }, saving);
  // Over plain HTTP, anyone on the path can read the URL, which is the secret.
  const isName = isIP(host) === 0 && host !== 'localhost';
  if (url.protocol === 'http:' && (isName ? saving.origin === 'open' : isPublicAddress(host))) {
    throw invalid('webhook.url', 'is plain http, which is for private addresses only: use https');
  }
  if (given.preset === 'ntfy' && url.pathname.split('/').filter((part) => part !== '').length === 0) {
    throw invalid('webhook.url', 'has no topic: https://ntfy.sh/TOPIC');
  }
}

function refuseLiteral(
  field: string,
  { host, port }: { readonly host: string; readonly port: number },
  { policy, origin }: Saving,
): void {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const refusal = isIP(address) === 0 ? null : policy.refusal(address, port, origin);
  if (refusal !== null) throw invalid(field, REFUSALS[refusal]);
}

/** Hides all of a URL but its host, because the path may be secret. */
export function maskUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '…' : `${parsed.protocol}//${parsed.host}/…`;
}
