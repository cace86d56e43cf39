// Explains why a CA did not respond (DNS, connection, TLS), and what to do about it.
import { CertdeskError } from '../core/errors.ts';
import { addressRefusal } from '../outgoing/connect.ts';

interface NetworkErrorDetails {
  readonly url: string;
  /** The system's or Node's code: ECONNREFUSED, ENOTFOUND, DEPTH_ZERO_SELF_SIGNED_CERT ... */
  readonly reason: string;
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Broken connections, for example a keep-alive connection that the CA has just closed. A retry usually succeeds. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection. Check the address and port, and that the CA is running.',
  ENOTFOUND: 'has no address in DNS. Check the directory URL and the DNS resolver of this server.',
  EAI_AGAIN: 'cannot be looked up: DNS does not answer. Check the network of this server.',
  ENETUNREACH: 'is unreachable. Check the network of this server.',
  EHOSTUNREACH: 'is unreachable. Check the network of this server.',
  ETIMEDOUT: 'does not accept the connection. Check the network and any firewall in between.',
  UND_ERR_CONNECT_TIMEOUT: 'does not accept the connection. Check the network and any firewall in between.',
  CERT_HAS_EXPIRED: 'has an expired TLS certificate. Check the clock of this server.',
  CERT_NOT_YET_VALID: 'has a TLS certificate that is not valid yet. Check the clock of this server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a TLS certificate for another name. Check the directory URL.',
  UND_ERR_DESTROYED: 'was interrupted: the ACME client is closed.',
};

/** @param error The error of undici's request. */
export function networkError(error: unknown, url: string): CertdeskError {
  const refused = addressRefusal(error);
  if (refused !== null) return refused;
  const reason = findCode(error) ?? 'UNKNOWN';
  const details: NetworkErrorDetails = { url, reason };
  const options = { cause: error };
  const ca = `The CA (${new URL(url).host})`;
  if (reason === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || reason.startsWith('HPE_')) {
    const message = `${ca} sent a response that is not ACME (${reason}). Check the directory URL.`;
    return new CertdeskError('ACME_PROTOCOL_ERROR', message, details, options);
  }
  if (UNTRUSTED.has(reason)) {
    const message = `${ca} has a TLS certificate that is not trusted (${reason}). If the CA is your own, add its root certificate with --acme-ca-file.`;
    return new CertdeskError('ACME_UNAVAILABLE', message, details, options);
  }
  const sentence = SENTENCES[reason] ?? 'closed the connection. Try again later.';
  const message = `${ca} ${sentence.replace(/\.|$/, ` (${reason}).`)}`;
  return new CertdeskError('ACME_UNAVAILABLE', message, details, options);
}

/** Whether the details are those of `networkError` for a broken connection, after which an immediate retry makes sense. */
export function isBrokenConnection(details: unknown): boolean {
  if (typeof details !== 'object' || details === null) return false;
  const reason: unknown = Reflect.get(details, 'reason');
  return typeof reason === 'string' && BROKEN.has(reason);
}

/** Finds the first error code in the chain of causes. For an AggregateError, the first address decides. */
function findCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  const inner = error instanceof AggregateError ? error.errors[0] : Reflect.get(error, 'cause');
  return inner === error ? null : findCode(inner);
}
