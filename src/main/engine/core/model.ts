// The records that the engine stores: plain data without behaviour, in the form that the stores read and write.
import type { ChallengeType, RevocationReason } from '../../../shared/certificate.ts';
import type { ErrorBody } from '../../../shared/errors.ts';
import type { Timestamp } from '../../../shared/time.ts';
import type { Scope } from '../../../shared/token.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  /** A-labels; may be a wildcard. */
  readonly domain: string | null;
  readonly altNames: readonly string[];
  /** In the form of shared/tag-form.ts. */
  readonly tags: readonly string[];
  readonly createdAt: Timestamp;
}

export type KeyPolicy =
  | { readonly type: 'rsa'; readonly size: 2048 | 4096 }
  | { readonly type: 'ec'; readonly size: 256 | 384 };

/** How a certificate was obtained and is renewed. It refers to credentials by id and contains no secret. */
export interface IssuanceSpec {
  /** The first name is the certificate's domain. */
  readonly names: readonly string[];
  /** An id of directories.ts, or an https directory URL. */
  readonly ca: string;
  readonly staging: boolean;
  readonly email: string | null;
  readonly key: KeyPolicy;
  readonly profile: string | null;
  /** `preferred`: omit the profile if the CA does not offer it. Default: `required`. */
  readonly profileUse?: 'required' | 'preferred' | undefined;
  readonly preferredChain: string | null;
  readonly challengeType: ChallengeType;
  readonly dnsProvider: string | null;
  /** A saved credential, or null for the one that is stored with the project. */
  readonly dnsCredentialId: string | null;
  /** The configured CA, if this one was the fallback: the next renewal tries the configured CA again. */
  readonly insteadOf?:
    | {
        readonly ca: string;
        readonly profile: string | null;
        /** Absent in rows of older versions. */
        readonly preferredChain?: string | null;
      }
    | undefined;
}

/** Facts read from a leaf certificate. */
export interface LeafFacts {
  /** SAN dNSNames and iPAddresses in order, lower case; the CN if there is no SAN. */
  readonly names: readonly string[];
  /** notBefore. */
  readonly issuedAt: Timestamp;
  /** notAfter. */
  readonly expiresAt: Timestamp;
  /** The issuer's CN; without one, its O, or else its whole distinguished name. */
  readonly issuerName: string;
  /** The issuer's O; without one, its CN. */
  readonly issuerOrganization: string;
  /** Upper-case hex of the DER content octets, including a leading 00 (ARI needs it: RFC 9773 section 4.1). */
  readonly serial: string;
  /** SHA-256 of the DER, upper-case hex, no colons. */
  readonly fingerprint: string;
}

export interface RenewalState {
  readonly lastAttempt: Timestamp | null;
  readonly lastError: string | null;
  /** The code of `lastError` in shared/errors.ts. */
  readonly lastErrorCode: string | null;
  /** Failed attempts since the last success. */
  readonly failures: number;
  readonly nextAttemptAt: Timestamp | null;
  /** What the user must change before the next attempt, as a sentence; null if it is enough to wait. */
  readonly waitsFor: string | null;
  /** Why `nextAttemptAt` is set although nothing failed (for example a rate limit of the CA), as a sentence. */
  readonly deferralReason: string | null;
  /** The CA's renewal information; null before the first request. */
  readonly ari: AriState | null;
  /** Random, drawn once: the renewal comes this many seconds before its regular time, so that renewals spread out. */
  readonly jitterSeconds: number;
}

/** ACME Renewal Information (RFC 9773) of one certificate. */
export interface AriState {
  /** The suggested window; null if the CA offers none or has not answered yet. */
  readonly window: { readonly start: Timestamp; readonly end: Timestamp } | null;
  /** A random time in the window, drawn once per window (section 4.2), or the backstop if that is earlier. */
  readonly renewAt: Timestamp | null;
  readonly explanationUrl: string | null;
  /** When the CA last answered. */
  readonly checkedAt: Timestamp | null;
  /** When to ask next. */
  readonly checkAt: Timestamp;
  /** Failed requests in a row. */
  readonly failures: number;
  readonly error: string | null;
}

/** The last check whether the CA has revoked a certificate (CRL, RFC 5280 section 5). */
export interface RevocationCheck {
  readonly checkedAt: Timestamp;
  readonly checkAt: Timestamp;
  /** Why the check failed; null if it succeeded. */
  readonly error: string | null;
}

/** One version of a project's certificate. At most one version is active: neither superseded nor removed. */
export interface CertificateRecord extends LeafFacts {
  readonly id: string;
  readonly projectId: string;
  readonly type: 'letsencrypt' | 'acme' | 'custom';
  readonly domain: string;
  /** PEM, leaf first. */
  readonly chain: string;
  /** PKCS#8 PEM sealed by the vault, context `certificate:<id>`. */
  readonly keySealed: Uint8Array;
  readonly staging: boolean;
  readonly autoRenew: boolean;
  /** Null for an uploaded certificate. */
  readonly spec: IssuanceSpec | null;
  readonly accountId: string | null;
  /** `issuedAt` of the previous version. */
  readonly renewedFrom: Timestamp | null;
  readonly renewal: RenewalState;
  readonly storedAt: Timestamp;
  readonly supersededAt: Timestamp | null;
  readonly removedAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
  readonly revocationReason: RevocationReason | null;
  /** A user's acknowledgement of the revocation; null or absent if there is none. */
  readonly acknowledgement?: Acknowledgement | null;
}

/** A user has seen the revocation and wants no more alerts about it. */
export interface Acknowledgement {
  readonly at: Timestamp;
  /** Name of the token or browser. */
  readonly by: string;
  readonly note: string;
}

/** A certificate without its long fields; enough for most responses. */
export type CertificateFacts = Omit<CertificateRecord, 'chain' | 'keySealed'>;

export type CaUsageKind = 'order' | 'registered-domain' | 'exact-set' | 'failed-authorization';

/** One use that counts towards a rate limit of a CA. */
export interface CaUsageRecord {
  readonly at: Timestamp;
  readonly directoryUrl: string;
  readonly kind: CaUsageKind;
  /** By kind: the account's id, the registered domain, the set of names, or the name. */
  readonly subject: string;
}

export interface AccountRecord {
  readonly id: string;
  readonly directoryUrl: string;
  readonly email: string | null;
  /** Null until the CA has answered newAccount. */
  readonly url: string | null;
  /** PKCS#8 PEM sealed by the vault, context `account:<id>`. */
  readonly keySealed: Uint8Array;
  /** The new key during a key change (RFC 8555 section 7.3.5), sealed the same way. */
  readonly nextKeySealed?: Uint8Array | null;
  readonly createdAt: Timestamp;
}

export type JobInput =
  | {
      readonly kind: 'obtain';
      readonly spec: IssuanceSpec;
      readonly autoRenew: boolean;
      readonly dryRun: boolean;
    }
  | {
      readonly kind: 'renew';
      readonly certificateId: string;
      readonly spec: IssuanceSpec;
      readonly autoRenew: boolean;
      readonly automatic: boolean;
    }
  | {
      readonly kind: 'revoke';
      readonly certificateId: string;
      readonly reason: RevocationReason;
      /** Obtained before the revocation; none if omitted. */
      readonly replacement?: { readonly spec: IssuanceSpec; readonly autoRenew: boolean };
      /** Certdesk repeats a revocation that failed after its replacement was activated. */
      readonly isRetry?: true;
    };

/** The result of a job at the time it finished. */
export interface JobResult {
  /** Null for a revocation without a replacement. */
  readonly certificate: JobCertificate | null;
}

export type JobCertificate = Pick<
  CertificateRecord,
  | 'domain'
  | 'names'
  | 'type'
  | 'issuedAt'
  | 'expiresAt'
  | 'issuerOrganization'
  | 'autoRenew'
  | 'staging'
  | 'renewedFrom'
>;

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed';

export interface JobRecord {
  readonly id: string;
  readonly projectId: string;
  readonly state: JobState;
  /** The current or last step: a key of STEPS in shared/steps.ts. */
  readonly step: string | null;
  readonly input: JobInput;
  /** Null until the job has succeeded. */
  readonly result: JobResult | null;
  readonly error: ErrorBody | null;
  /** A token's id, or null for Certdesk itself. */
  readonly requestedBy: string | null;
  readonly idempotencyKey: string | null;
  readonly requestHash: string | null;
  readonly createdAt: Timestamp;
  readonly startedAt: Timestamp | null;
  readonly finishedAt: Timestamp | null;
  /** How many times in a row Certdesk crashed while this job was running (jobs/hold-back.ts). */
  readonly uncleanEnds: number;
  /** The job does not run before this time because of those crashes; null if it is not held. */
  readonly heldUntil: Timestamp | null;
}

/** What the record of dns-persist-01 must say, besides its policy. */
export interface PersistTerms {
  /** `issuer-domain-names` of the challenge. */
  readonly issuers: readonly string[];
  /** The URL of the account, which a change of its key does not change. */
  readonly accountUri: string;
}

/** A challenge that Certdesk responds to. Its solver needs `ref` to clean up, even after a restart. */
export interface ChallengeRecord {
  readonly authorizationUrl: string;
  readonly challengeUrl: string;
  readonly type: ChallengeType;
  /** Without `*.` (RFC 8555 section 7.1.4). */
  readonly identifier: string;
  readonly wildcard: boolean;
  readonly token: string;
  readonly keyAuthorization: string;
  /** Only for dns-persist-01, which has no token. */
  readonly persist?: PersistTerms | undefined;
  /** Set to `presenting` before the response is published, `presented` after, and `cleaned` once it is removed. */
  readonly state: 'presenting' | 'presented' | 'cleaned';
  readonly ref: Json;
}

/** A job's ACME order (RFC 8555 section 7.1.3), stored until the job ends; some stay a day longer (resumable-orders.ts). */
export interface OrderRecord {
  readonly jobId: string;
  readonly accountId: string;
  readonly directoryUrl: string;
  /** PKCS#8 PEM sealed by the vault, context `order:<jobId>`; null until the key is generated. */
  readonly keySealed: Uint8Array | null;
  /** PEM. */
  readonly csr: string | null;
  readonly url: string | null;
  readonly challenges: readonly ChallengeRecord[];
  /** When its account and URL were stored. Later changes do not update it. */
  readonly updatedAt: Timestamp;
  /**
   * When the CSR was first sent; from then on the CA may have issued the certificate. Null before that, and again after
   * the CA rejects the CSR.
   */
  readonly finalizedAt: Timestamp | null;
  /** The CA's response to newOrder; some CAs omit these fields later. */
  readonly asCreated: OrderAsCreated | null;
  /** How to obtain its certificate; null in rows of older versions, which use the job's spec. */
  readonly spec: IssuanceSpec | null;
}

export interface OrderAsCreated {
  readonly authorizations: readonly string[];
  readonly finalize: string | null;
  /** When the CA invalidates the order (RFC 8555 section 7.1.3). */
  readonly expires: Timestamp | null;
}

/** A saved credential of a DNS provider. The secret store holds its values under `dns-credential:<id>`. */
export interface DnsCredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** Who last saved its server address. */
  readonly savedBy: SavedBy;
  /** The projects that may use it; null: all. */
  readonly projectIds: readonly string[] | null;
  /** The zones, or names in zones, that it may change; null: all. */
  readonly zones: readonly string[] | null;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /**
   * The projects that the token may use, besides those with one of its tags. Null: every project; never null if the
   * token has tags.
   */
  readonly projectIds: readonly string[] | null;
  readonly tags: readonly string[];
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp | null;
  readonly lastUsedAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
}

/** A signed-in browser. */
export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the cookie's value, hex. */
  readonly cookieHash: string;
  /** SHA-256 of the page secret, hex. */
  readonly pageHash: string;
  readonly name: string;
  readonly address: string | null;
  readonly createdAt: Timestamp;
  /** The session ends at this time even if its user is active. */
  readonly expiresAt: Timestamp;
  /** When its user last did something; background requests of the page do not count. */
  readonly lastActiveAt: Timestamp;
  /** When a sign-in link was last used for this session. */
  readonly proofAt: Timestamp;
}

/** Who performs an operation. */
export interface Actor {
  readonly kind: 'token' | 'window' | 'command-line' | 'certdesk';
  /** The token's or session's id. */
  readonly id: string | null;
  readonly name: string;
  /** The client's network address. */
  readonly address: string | null;
}

/** Who saved an address; stored with it, because a private address works only if a signed-in user saved it. */
export type SavedBy = Pick<Actor, 'kind' | 'id' | 'name'>;

/** A stored entry of the audit trail; engine/audit/ creates and verifies it. */
export interface AuditRecord {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  readonly at: Timestamp;
  readonly actor: Actor;
  readonly operation: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  /** `ok` or an ErrorCode, of this version or an older one. */
  readonly result: string;
  readonly message: string;
  /** The hash of the previous entry. */
  readonly previous: string;
  readonly hash: string;
}

export interface EventRecord {
  /** Increases by one or more; the value of Last-Event-ID. */
  readonly id: number;
  readonly at: Timestamp;
  /** For example `certificate.stored` or `job.step`. */
  readonly kind: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  readonly message: string;
  readonly data: Json;
}
