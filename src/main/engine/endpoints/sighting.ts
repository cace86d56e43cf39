// The types of a probe: one TLS handshake with one address, and what it showed.
import type { Duplex } from 'node:stream';
import type { Protocol } from '../../../shared/endpoint.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { AddressOrigin } from '../outgoing/address-policy.ts';

export interface ProbeTarget {
  /** IPv4 or IPv6 literal; a zone (`%eth0`) is allowed. */
  readonly address: string;
  readonly port: number;
  /** Sent as SNI, and as the host in the protocols that name it. Null, or an IP address: no SNI. */
  readonly serverName: string | null;
  readonly protocol: Protocol;
  /** Offers only signatures by keys of this type, so that a server with two certificates presents that one. Default: any. */
  readonly keyType?: KeyType;
}

/** A server that serves the same names with two certificates has one of each. */
export type KeyType = 'rsa' | 'ec';

export interface ProbeOptions {
  readonly signal: AbortSignal;
  /** Who gave the address: `named` may be in a private network (outgoing/address-policy.ts). */
  readonly origin: AddressOrigin;
  /** For the whole probe, retry included. Default: 10,000. */
  readonly timeoutMs?: number;
  /**
   * Opens the connection on another way than from this machine, for example through a jump host. It checks addresses itself.
   * @throws ProbeFailure, or any error, which counts as unreachable
   */
  readonly connect?: (signal: AbortSignal) => Promise<Duplex>;
}

/**
 * Probes one address.
 * @returns what it presented, or why it presented nothing
 * @throws only the reason of `signal`
 */
export type Probe = (target: ProbeTarget, options: ProbeOptions) => Promise<Sighting>;

/** A completed handshake, or one that failed after the server had sent its certificates. */
export interface PresentedSighting {
  readonly state: 'presented';
  readonly address: string;
  /** DER, exactly as sent, in the order sent; never empty. The first is the server's own certificate. */
  readonly chain: readonly Uint8Array[];
  /** `TLSv1.3`, `TLSv1.2`, `TLSv1.1` or `TLSv1`. */
  readonly tlsVersion: string;
  /** IANA's name; null if the server ended the handshake before one was in use. */
  readonly cipher: string | null;
  /** The server accepted only what current clients no longer offer: TLS below 1.2, or weak ciphers and keys. */
  readonly outdated: boolean;
  readonly at: Timestamp;
}

export interface FailedSighting {
  readonly state: 'failed';
  readonly address: string;
  readonly code: FailureCode;
  /** A full sentence for users. */
  readonly message: string;
  /** What to do, if it differs from the advice of the finding. */
  readonly advice?: string | undefined;
  readonly at: Timestamp;
}

export type Sighting = PresentedSighting | FailedSighting;

/**
 * `refused`: nothing listens on the port. `unreachable`: a router or the host says so. `no-route`: this machine has no
 * route. `closed`: the server ended the connection. `plaintext-only`: it answers, but not with TLS.
 * `protocol-error`: its part of the STARTTLS dialogue is invalid or too long. `not-allowed`: the address policy.
 */
export type FailureCode =
  | 'refused'
  | 'unreachable'
  | 'no-route'
  | 'timed-out'
  | 'closed'
  | 'plaintext-only'
  | 'starttls-not-offered'
  | 'protocol-error'
  | 'handshake-failed'
  | 'not-allowed';
