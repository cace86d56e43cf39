// What the engine asks of an ACME client, in the order of RFC 8555. client.ts implements it on acme-client.

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
    readonly profiles?: Readonly<Record<string, string>>;
  };
}

/** RFC 8555 section 7.1.3. Only `status` is certain: each state brings no more than what it needs. */
export interface AcmeOrder {
  readonly url: string;
  readonly status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  readonly identifiers: readonly AcmeIdentifier[];
  /** Empty where the CA named none. */
  readonly authorizations: readonly string[];
  readonly finalize?: string;
  readonly certificate?: string;
  readonly expires?: string;
  readonly error?: AcmeProblem;
  /** The certID of what it replaces: a CA that has taken that says so whenever it is asked (RFC 9773 section 5). */
  readonly replaces?: string;
  /** From the answer's Retry-After (seconds or HTTP date), clamped to 0 or more; null where it had none. */
  readonly retryAfterMs: number | null;
}

/** RFC 8555 section 7.1.4. Challenge types that are unknown here (dns-persist-01, without a token) pass through. */
export interface AcmeAuthorization {
  readonly url: string;
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  /** Absent where the CA left it out. */
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
  readonly error?: AcmeProblem;
}

/** A PEM chain (RFC 8555 section 7.4.2), leaf first. */
export interface AcmeCertificate {
  readonly chain: string;
  /** The alternate one that is wanted; absent where the default one is, or where the CA does not offer it. */
  readonly preferred?: string;
  /** Why the wanted chain could not be had; null where it could, or none was wanted. */
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
  /** A page that says why; only where the CA has something to say. */
  readonly explanationUrl: string | null;
  readonly retryAfterMs: number | null;
}

/**
 * One account at one CA, for the length of one job: every request ends when `signal` aborts, or after the
 * client's request time-out. Failures are CertdeskError: ACME_UNAVAILABLE (no connection, 5xx), ACME_TIMEOUT (no
 * answer in time), ACME_RATE_LIMITED (details.retryAfter in seconds where the CA says it), ACME_PROTOCOL_ERROR,
 * ACME_EAB_REQUIRED, ACME_REJECTED (details.problem: the CA's whole problem document).
 * badNonce is retried inside and never seen.
 */
export interface AcmeSession {
  /** What the CA's clock said in its last answer (RFC 9110 section 6.6.1); null where it did not say. */
  time(): Date | null;
  directory(): Promise<AcmeDirectory>;
  /** newAccount (RFC 8555 section 7.3), with the terms of service agreed; an existing one is answered likewise. */
  createAccount(options: {
    readonly email: string | null;
    readonly eab?: { readonly kid: string; readonly hmacKey: string };
  }): Promise<{ readonly url: string }>;
  /** The account of the session's key (section 7.3.1); null where the CA has none. From then on the session is on it. */
  findAccount(): Promise<{ readonly url: string } | null>;
  /**
   * keyChange (section 7.3.5): from then on the account is the new key's, and the session too.
   * @param newKey PEM, P-256. @throws ACME_PROTOCOL_ERROR where the CA offers no keyChange.
   */
  changeKey(newKey: string): Promise<void>;
  createOrder(order: NewOrder): Promise<AcmeOrder>;
  getOrder(url: string): Promise<AcmeOrder>;
  getAuthorization(url: string): Promise<AcmeAuthorization>;
  /** RFC 8555 section 8.1: token "." thumbprint of the account key. */
  keyAuthorization(token: string): string;
  /** Tells the CA that the challenge is ready to be validated (section 7.5.1). @returns when to look, where it says so. */
  completeChallenge(url: string): Promise<{ readonly retryAfterMs: number | null }>;
  deactivateAuthorization(url: string): Promise<void>;
  /** @param csrPem PKCS#10, PEM. */
  finalizeOrder(order: AcmeOrder, csrPem: string): Promise<AcmeOrder>;
  /** @param preferredChain The CN of the topmost issuer of the chain that is wanted, in any case. */
  getCertificate(url: string, preferredChain?: string): Promise<AcmeCertificate>;
  /**
   * revokeCert (section 7.6), signed by the account's key, or by the certificate's where `certificateKey` (PEM) is
   * given. `alreadyRevoked` resolves like a success.
   * @param certificate PEM of the leaf. @param reason RFC 5280 section 5.3.1.
   */
  revokeCertificate(certificate: string, reason: number, certificateKey?: string): Promise<void>;
}

export interface AcmeClient {
  /** Fails as a session's requests do. */
  directory(options: { readonly directoryUrl: string; readonly signal: AbortSignal }): Promise<AcmeDirectory>;
  /** @param accountKey PKCS#8 PEM. @param accountUrl Null before createAccount. */
  session(options: {
    readonly directoryUrl: string;
    readonly accountKey: string;
    readonly accountUrl: string | null;
    readonly signal: AbortSignal;
  }): AcmeSession;
  /**
   * What the CA says of a certificate's renewal; asked without an account. Null where the CA offers no ARI. Fails as a
   * session's requests do.
   * @param certId As renewalCertId makes it.
   */
  renewalInfo(options: {
    readonly directoryUrl: string;
    readonly certId: string;
    readonly signal: AbortSignal;
  }): Promise<AcmeRenewalInfo | null>;
  /** Closes the connections that are kept alive. */
  close(): Promise<void>;
}
