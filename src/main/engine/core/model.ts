// The records that the engine keeps: plain data, as the stores give and take it. No behaviour.
import type { RevocationReason } from '../../../shared/certificate.ts';
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
  readonly createdAt: Timestamp;
}

export type KeyPolicy =
  | { readonly type: 'rsa'; readonly size: 2048 | 4096 }
  | { readonly type: 'ec'; readonly size: 256 | 384 };

/** How a certificate was obtained and is renewed. Holds no secret: credentials are named, not held. */
export interface IssuanceSpec {
  /** The first one is the certificate's domain. */
  readonly names: readonly string[];
  /** An id of directories.ts, or an https directory URL. */
  readonly ca: string;
  readonly staging: boolean;
  readonly email: string | null;
  readonly key: KeyPolicy;
  readonly profile: string | null;
  /** `preferred`: without it where the CA does not offer it. `required` where left out. */
  readonly profileUse?: 'required' | 'preferred' | undefined;
  readonly preferredChain: string | null;
  readonly challengeType: 'http-01' | 'dns-01';
  readonly dnsProvider: string | null;
  /** A named credential, or null for the one that is kept with the project. */
  readonly dnsCredentialId: string | null;
  /** Of the usual CA, where this one was the fallback: the next renewal asks that one again. */
  readonly insteadOf?: { readonly ca: string; readonly profile: string | null } | undefined;
}

/** What a leaf certificate says of itself. */
export interface LeafFacts {
  /** SAN dNSNames and iPAddresses as they stand, lower case; the CN where there is no SAN. */
  readonly names: readonly string[];
  /** notBefore. */
  readonly issuedAt: Timestamp;
  /** notAfter. */
  readonly expiresAt: Timestamp;
  /** The issuer's CN; its organization, else its whole name, where there is no CN. */
  readonly issuerName: string;
  /** The issuer's O; the CN where there is none. */
  readonly issuerOrganization: string;
  /** Upper-case hex of the DER content octets, a leading 00 included (ARI needs it: RFC 9773 section 4.1). */
  readonly serial: string;
  /** SHA-256 of the DER, upper-case hex, no colons. */
  readonly fingerprint: string;
}

export interface RenewalState {
  readonly lastAttempt: Timestamp | null;
  readonly lastError: string | null;
  /** What `lastError` was, by the catalogue of shared/errors.ts. */
  readonly lastErrorCode: string | null;
  /** Failed attempts since the last success. */
  readonly failures: number;
  readonly nextAttemptAt: Timestamp | null;
  /** What has to change before it is tried again, as a sentence; null where waiting is enough. */
  readonly waitsFor: string | null;
  /** Why `nextAttemptAt` was set though nothing has failed (a limit of the CA), as a sentence. */
  readonly deferralReason: string | null;
  /** What the CA says of this certificate's renewal; null before it was asked. */
  readonly ari: AriState | null;
  /** Seconds by which it is renewed before the rule on lifetimes has it, drawn once: so that not all come at once. */
  readonly jitterSeconds: number;
}

/** ACME Renewal Information (RFC 9773) of one certificate. */
export interface AriState {
  /** The suggested window; null where the CA has none, or none that could be read yet. */
  readonly window: { readonly start: Timestamp; readonly end: Timestamp } | null;
  /** Drawn once in the window and kept while the window stays the same (section 4.2); the backstop where that is earlier. */
  readonly renewAt: Timestamp | null;
  readonly explanationUrl: string | null;
  /** When the CA last answered. */
  readonly checkedAt: Timestamp | null;
  /** When it is asked again. */
  readonly checkAt: Timestamp;
  /** Times in a row that it could not be asked. */
  readonly failures: number;
  readonly error: string | null;
}

/** The last look whether the CA has revoked a certificate (CRL, RFC 5280 section 5). */
export interface RevocationCheck {
  readonly checkedAt: Timestamp;
  readonly checkAt: Timestamp;
  /** Why it could not be found out; null where it could. */
  readonly error: string | null;
}

/** One version of a project's certificate. At most one of a project's is active: neither superseded nor removed. */
export interface CertificateRecord extends LeafFacts {
  readonly id: string;
  readonly projectId: string;
  readonly type: 'letsencrypt' | 'acme' | 'custom';
  readonly domain: string;
  /** PEM, leaf first. */
  readonly chain: string;
  /** PKCS#8 PEM under the vault, context `certificate:<id>`. */
  readonly keySealed: Uint8Array;
  readonly staging: boolean;
  readonly autoRenew: boolean;
  /** Null for uploaded ones. */
  readonly spec: IssuanceSpec | null;
  readonly accountId: string | null;
  /** issuedAt of the version before. */
  readonly renewedFrom: Timestamp | null;
  readonly renewal: RenewalState;
  readonly storedAt: Timestamp;
  readonly supersededAt: Timestamp | null;
  readonly removedAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
  readonly revocationReason: RevocationReason | null;
  /** Of its revocation, by a person who knows of it; null or absent where there is none. */
  readonly acknowledgement?: Acknowledgement | null;
}

/** That a person knows of a revocation and wants no more alarms about it. */
export interface Acknowledgement {
  readonly at: Timestamp;
  /** Token or browser, by its name. */
  readonly by: string;
  readonly note: string;
}

/** What most answers are made of: without what is long. */
export type CertificateFacts = Omit<CertificateRecord, 'chain' | 'keySealed'>;

export type CaUsageKind = 'order' | 'registered-domain' | 'exact-set' | 'failed-authorization';

/** Something that counts for a limit of a CA. */
export interface CaUsageRecord {
  readonly at: Timestamp;
  readonly directoryUrl: string;
  readonly kind: CaUsageKind;
  /** The account's id, the registered domain, the names or the name. */
  readonly subject: string;
}

export interface AccountRecord {
  readonly id: string;
  readonly directoryUrl: string;
  readonly email: string | null;
  /** Null until the CA has answered newAccount. */
  readonly url: string | null;
  /** PKCS#8 PEM under the vault, context `account:<id>`. */
  readonly keySealed: Uint8Array;
  /** The key that the CA is asked to take in its place, while that is under way; sealed alike. */
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
      /** What is obtained before it is revoked; nothing where left out. */
      readonly replacement?: { readonly spec: IssuanceSpec; readonly autoRenew: boolean };
    };

/** What a job brought, as it was then. */
export interface JobResult {
  /** Null: a revocation without a replacement. */
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
  /** Null until it has succeeded. */
  readonly result: JobResult | null;
  readonly error: ErrorBody | null;
  /** Who asked: a token's id, or null for Certdesk itself. */
  readonly requestedBy: string | null;
  readonly idempotencyKey: string | null;
  readonly requestHash: string | null;
  readonly createdAt: Timestamp;
  readonly startedAt: Timestamp | null;
  readonly finishedAt: Timestamp | null;
  /** Unclean ends of Certdesk in a row that it was running at (jobs/hold-back.ts). */
  readonly uncleanEnds: number;
  /** Until when it is held back because of them; null where it is not. */
  readonly heldUntil: Timestamp | null;
}

/** A challenge that Certdesk answers. `ref` is whatever its solver needs to clean up, also after a restart. */
export interface ChallengeRecord {
  readonly authorizationUrl: string;
  readonly challengeUrl: string;
  readonly type: 'http-01' | 'dns-01';
  /** Without `*.` (RFC 8555 section 7.1.4). */
  readonly identifier: string;
  readonly wildcard: boolean;
  readonly token: string;
  readonly keyAuthorization: string;
  /** `presenting` is written before the outside effect, `presented` after; `cleaned` when it is undone. */
  readonly state: 'presenting' | 'presented' | 'cleaned';
  readonly ref: Json;
}

/** An ACME order (RFC 8555 section 7.1.3) of a job; kept until the job has ended, some for a day more (resumable-orders.ts). */
export interface OrderRecord {
  readonly jobId: string;
  readonly accountId: string;
  readonly directoryUrl: string;
  /** PKCS#8 PEM under the vault, context `order:<jobId>`; null until it is made. */
  readonly keySealed: Uint8Array | null;
  /** PEM. */
  readonly csr: string | null;
  readonly url: string | null;
  readonly challenges: readonly ChallengeRecord[];
  /** When its account and address were stored; what else becomes of it does not change that. */
  readonly updatedAt: Timestamp;
  /**
   * When its CSR was first sent: from then on the CA may issue the certificate. Null before that, and again when the CA
   * has refused the CSR.
   */
  readonly finalizedAt: Timestamp | null;
  /** What the CA said when the order was created; some CAs do not say it again. */
  readonly asCreated: OrderAsCreated | null;
  /** How its certificate is obtained; null in rows of older versions: then as its job says. */
  readonly spec: IssuanceSpec | null;
}

export interface OrderAsCreated {
  readonly authorizations: readonly string[];
  readonly finalize: string | null;
  /** When the CA will no longer go on with it (RFC 8555 section 7.1.3). */
  readonly expires: Timestamp | null;
}

/** A named credential of a DNS provider. Its values are in the secret store, under `dns-credential:<id>`. */
export interface DnsCredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** Who last saved the address of its server. */
  readonly savedBy: SavedBy;
  /** The only projects that may use it; null: all. */
  readonly projectIds: readonly string[] | null;
  /** The only zones, and names in them, that it may write in; null: all. */
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
  /** Null: every project. */
  readonly projectIds: readonly string[] | null;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp | null;
  readonly lastUsedAt: Timestamp | null;
  readonly revokedAt: Timestamp | null;
}

/** A browser that is signed in. */
export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the cookie's value, hex. */
  readonly cookieHash: string;
  /** SHA-256 of the page secret, hex. */
  readonly pageHash: string;
  readonly name: string;
  readonly address: string | null;
  readonly createdAt: Timestamp;
  /** The session ends at this time even if its person is active. */
  readonly expiresAt: Timestamp;
  /** When its person last did something; background requests of the page do not count. */
  readonly lastActiveAt: Timestamp;
  /** When a sign-in link was last used for this session. */
  readonly proofAt: Timestamp;
}

/** Who acts. */
export interface Actor {
  readonly kind: 'token' | 'window' | 'command-line' | 'certdesk';
  /** Of the token or session. */
  readonly id: string | null;
  readonly name: string;
  /** Where from, as the network sees it. */
  readonly address: string | null;
}

/** Who saved an address; stored with it, because a private address works only if a signed-in person saved it. */
export type SavedBy = Pick<Actor, 'kind' | 'id' | 'name'>;

/** An entry of the audit trail as it is kept; engine/audit/ makes and checks it. */
export interface AuditRecord {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  readonly at: Timestamp;
  readonly actor: Actor;
  readonly operation: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  /** `ok` or an ErrorCode, of this version or of an older one. */
  readonly result: string;
  readonly message: string;
  /** The hash of the entry before. */
  readonly previous: string;
  readonly hash: string;
}

export interface EventRecord {
  /** Grows by one or more; what Last-Event-ID names. */
  readonly id: number;
  readonly at: Timestamp;
  /** Names what happened: `certificate.stored`, `job.step` and others. */
  readonly kind: string;
  readonly projectId: string | null;
  readonly jobId: string | null;
  readonly message: string;
  readonly data: Json;
}
