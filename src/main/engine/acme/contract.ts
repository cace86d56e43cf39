// The interface of the ACME client, in the order of RFC 8555. client.ts implements it with acme-client.

import type { Problem } from './problem.ts';

/** RFC 7807 as RFC 8555 section 6.7 uses it. */
export type AcmeProblem = Problem;

export interface AcmeIdentifier {
  readonly type: string;
  readonly value: string;
}

/** RFC 8555 section 7.1.1; `renewalInfo` is RFC 9773, `profiles` draft-aaron-acme-profiles. */
export interface AcmeDirectory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly revokeCert?: string;
  readonly keyChange?: string;
  readonly renewalInfo?: string;
  readonly meta?: {
    readonly termsOfService?: string;
    readonly website?: string;
    readonly externalAccountRequired?: boolean;
    /** The CA's domains in CAA records. */
    readonly caaIdentities?: readonly string[];
    readonly profiles?: Readonly<Record<string, string>>;
  };
}

/** RFC 8555 section 7.1.3. Only `status` is always present; the other fields depend on it. */
export interface AcmeOrder {
  readonly url: string;
  readonly status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  readonly identifiers: readonly AcmeIdentifier[];
  /** Empty if the CA sent none. */
  readonly authorizations: readonly string[];
  readonly finalize?: string;
  readonly certificate?: string;
  readonly expires?: string;
  readonly error?: AcmeProblem;
  /** certID of the certificate that this order replaces, if the CA accepted the replacement (RFC 9773 section 5). */
  readonly replaces?: string;
  /** From the Retry-After header, 0 or more; null if there was none. */
  readonly retryAfterMs: number | null;
}

/** RFC 8555 section 7.1.4. Unsupported challenge types (such as dns-persist-01, without a token) are included. */
export interface AcmeAuthorization {
  readonly url: string;
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  /** Some CAs omit it. */
  readonly identifier?: AcmeIdentifier;
  readonly wildcard: boolean;
  readonly challenges: readonly AcmeChallenge[];
  readonly retryAfterMs: number | null;
}

export interface AcmeChallenge {
  readonly type: string;
  readonly url: string;
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid';
  readonly token?: string;
  /** Of dns-persist-01: the names of the CA that it accepts in the record. */
  readonly issuerDomainNames?: readonly string[];
  readonly error?: AcmeProblem;
}

/** A PEM chain (RFC 8555 section 7.4.2), leaf first. */
export interface AcmeCertificate {
  readonly chain: string;
  /** The preferred alternate chain; absent if the default chain is preferred, or the CA does not offer the preferred one. */
  readonly preferred?: string;
  /** Why the preferred chain is unavailable; null if it is available or none was requested. */
  readonly warning: string | null;
}

export interface NewOrder {
  readonly names: readonly string[];
  readonly profile?: string;
  /** RFC 9773 section 5: the certID of the certificate that this order replaces. */
  readonly replaces?: string;
}

/** RFC 9773 section 4.2. */
export interface AcmeRenewalInfo {
  readonly window: { readonly start: Date; readonly end: Date };
  /** A page that explains the suggested window, if the CA provides one. */
  readonly explanationUrl: string | null;
  readonly retryAfterMs: number | null;
}

/**
 * A session on one account at one CA, for one job. Every request ends when `signal` aborts or after the client's request
 * time-out. Methods throw ACME_UNAVAILABLE (no connection, 5xx), ACME_TIMEOUT (no response in time), ACME_RATE_LIMITED
 * (details.retryAfter in seconds, if the CA sent it), ACME_PROTOCOL_ERROR, ACME_EAB_REQUIRED or ACME_REJECTED
 * (details.problem: the CA's whole problem document). The session retries badNonce itself.
 */
export interface AcmeSession {
  /** The CA's time, from the Date header of its last response (RFC 9110 section 6.6.1), or null. */
  time(): Date | null;
  directory(): Promise<AcmeDirectory>;
  /** newAccount (RFC 8555 section 7.3): agrees to the terms of service. Returns an existing account of the key as well. */
  createAccount(options: {
    readonly email: string | null;
    readonly eab?: { readonly kid: string; readonly hmacKey: string };
  }): Promise<{ readonly url: string }>;
  /** Looks up the account of the session's key (section 7.3.1) and uses it from then on; null if the CA has none. */
  findAccount(): Promise<{ readonly url: string } | null>;
  /**
   * keyChange (section 7.3.5). The session uses the new key from then on.
   * @param newKey PEM, P-256.
   * @throws ACME_PROTOCOL_ERROR if the CA does not support keyChange
   */
  changeKey(newKey: string): Promise<void>;
  createOrder(order: NewOrder): Promise<AcmeOrder>;
  getOrder(url: string): Promise<AcmeOrder>;
  getAuthorization(url: string): Promise<AcmeAuthorization>;
  /** RFC 8555 section 8.1: token "." thumbprint of the account key. */
  keyAuthorization(token: string): string;
  /** Asks the CA to validate the challenge (section 7.5.1). @returns when to poll, if the CA says so */
  completeChallenge(url: string): Promise<{ readonly retryAfterMs: number | null }>;
  deactivateAuthorization(url: string): Promise<void>;
  /** @param csrPem PKCS#10, PEM. */
  finalizeOrder(order: AcmeOrder, csrPem: string): Promise<AcmeOrder>;
  /** @param preferredChain CN of the topmost issuer of the preferred chain, case-insensitive. */
  getCertificate(url: string, preferredChain?: string): Promise<AcmeCertificate>;
  /**
   * revokeCert (section 7.6). `alreadyRevoked` counts as success.
   * @param certificate PEM of the leaf.
   * @param reason CRLReason, RFC 5280 section 5.3.1.
   * @param certificateKey PEM of the certificate's key, which then signs the request. Default: the account's key signs.
   */
  revokeCertificate(certificate: string, reason: number, certificateKey?: string): Promise<void>;
}

export interface AcmeClient {
  /** @throws as the methods of AcmeSession */
  directory(options: { readonly directoryUrl: string; readonly signal: AbortSignal }): Promise<AcmeDirectory>;
  /**
   * Requests the directory, not from the cache, with the CA's time (Date header; null if it sent none).
   * @throws as the methods of AcmeSession
   */
  checkDirectory(options: {
    readonly directoryUrl: string;
    readonly signal: AbortSignal;
  }): Promise<{ readonly date: Date | null; readonly directory: AcmeDirectory }>;
  /** @param accountKey PKCS#8 PEM. @param accountUrl Null before createAccount. */
  session(options: {
    readonly directoryUrl: string;
    readonly accountKey: string;
    readonly accountUrl: string | null;
    readonly signal: AbortSignal;
  }): AcmeSession;
  /**
   * Requests the renewal information (ARI) of a certificate, which needs no account. Null if the CA does not support ARI.
   * @param certId The result of renewalCertId.
   * @throws as the methods of AcmeSession
   */
  renewalInfo(options: {
    readonly directoryUrl: string;
    readonly certId: string;
    readonly signal: AbortSignal;
  }): Promise<AcmeRenewalInfo | null>;
  /** Aborts running requests and closes all connections. */
  close(): Promise<void>;
}
