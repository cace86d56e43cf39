// Classifies why a probe saw no certificate, and says so in a sentence.
import { CertdeskError } from '../core/errors.ts';
import type { AddressRefusal } from '../outgoing/address-policy.ts';
import type { FailureCode } from './sighting.ts';

/** Where the probe is, for the message of a time-out. */
export type Phase = 'connect' | 'starttls' | 'handshake';

/** Why a probe failed. `message` is a clause that follows the address, without a full stop. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly code: FailureCode;
  /** What to do, if it differs from the advice of the finding. */
  readonly advice: string | undefined;

  constructor(code: FailureCode, message: string, options?: ErrorOptions & { readonly advice?: string }) {
    super(message, options);
    this.code = code;
    this.advice = options?.advice;
  }
}

/** @returns the same failure, or the one that an error of net, tls or the address policy stands for */
export function toFailure(error: unknown, phase: Phase): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  if (error instanceof CertdeskError && error.code === 'ADDRESS_NOT_ALLOWED') return notAllowed(error);
  const { code = '', message } = error as NodeJS.ErrnoException;
  const known = phase === 'connect' ? CONNECT_ERRORS[code] : undefined;
  if (known !== undefined) return new ProbeFailure(known[0], known[1], { cause: error });
  if (CLOSED.includes(code)) return closed(phase, error);
  if (PLAINTEXT.includes(code))
    return new ProbeFailure('plaintext-only', 'answers, but not with TLS', { cause: error });
  if (phase === 'handshake')
    return new ProbeFailure('handshake-failed', describeAlert(code), { cause: error });
  return new ProbeFailure('unreachable', `could not be reached (${code || message})`, { cause: error });
}

/** The failure of a server that takes too long. @param ms The probe's time limit. */
export function timedOut(phase: Phase, ms: number): ProbeFailure {
  const advice = LATE_ADVICE[phase];
  const message = `${LATE[phase]} within ${ms / 1000} seconds`;
  return new ProbeFailure('timed-out', message, advice === undefined ? {} : { advice });
}

/** The message of a private network says how to allow it. */
function notAllowed(cause: CertdeskError): ProbeFailure {
  const { refusal } = cause.details as { readonly refusal?: AddressRefusal };
  const advice =
    refusal === 'private' ? 'Allow the network, or choose another address.' : 'Choose another address.';
  return new ProbeFailure('not-allowed', withoutSubject(cause.message), { cause, advice });
}

export function closed(phase: Phase, cause?: unknown): ProbeFailure {
  return new ProbeFailure('closed', `closed the connection ${DURING[phase]}`, { cause });
}

const LATE: Readonly<Record<Phase, string>> = {
  connect: 'did not accept a connection',
  starttls: 'did not complete STARTTLS',
  handshake: 'did not complete the TLS handshake',
};
/** Whoever waits for the other side may speak another protocol. */
const LATE_ADVICE: Readonly<Partial<Record<Phase, string>>> = {
  starttls:
    'Check that the port expects this protocol and not TLS from the first byte. Otherwise restart the server.',
  handshake: 'Check that the port expects TLS from the first byte. Otherwise restart the server.',
};
const DURING: Readonly<Record<Phase, string>> = {
  connect: 'before it was established',
  starttls: 'before TLS could start',
  handshake: 'during the TLS handshake',
};

const CONNECT_ERRORS: Readonly<Record<string, readonly [FailureCode, string]>> = {
  ECONNREFUSED: ['refused', 'refuses connections: nothing listens on this port'],
  EHOSTUNREACH: ['unreachable', 'is unreachable: the network says that the host does not answer'],
  EHOSTDOWN: ['unreachable', 'is unreachable: the network says that the host is down'],
  ETIMEDOUT: ['timed-out', 'did not accept a connection in time'],
  ENETUNREACH: ['no-route', 'cannot be reached from this machine: it has no route to that network'],
  ENETDOWN: ['no-route', 'cannot be reached from this machine: its network is down'],
  EADDRNOTAVAIL: ['no-route', 'cannot be reached from this machine: it has no address of that kind'],
  EAFNOSUPPORT: ['no-route', 'cannot be reached from this machine: it does not support that kind of address'],
  EACCES: ['no-route', 'cannot be reached from this machine: its firewall forbids the connection'],
  EPERM: ['no-route', 'cannot be reached from this machine: its firewall forbids the connection'],
};

const CLOSED = ['ECONNRESET', 'EPIPE', 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING'];

/** What OpenSSL says when the first bytes of the answer are not a TLS record. */
const PLAINTEXT = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_RECORD_LAYER_FAILURE',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
];

const ALERTS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'supports no TLS version that Certdesk does',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'supports no TLS version that Certdesk does',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE':
    'rejects the handshake: it has no certificate for this name, or no cipher in common',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'rejects the handshake: it has no certificate for this name',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR:
    'rejects the handshake with an internal error: it may have no certificate for this name',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'rejects the handshake: it wants another protocol over TLS',
};

function describeAlert(code: string): string {
  return ALERTS[code] ?? `fails in the TLS handshake (${code || 'no reason given'})`;
}

/** ADDRESS_NOT_ALLOWED begins with the host, which the caller names itself, and ends with a full stop. */
function withoutSubject(message: string): string {
  return message.replace(/^\S+ /, '').replace(/\.$/, '');
}
