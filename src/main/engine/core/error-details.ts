// Types of `details` for every error code that has any: plain JSON without secrets, which goes into responses and the
// database. docs/errors.md lists the same fields; test/errors.test.ts compares the two.
import type { ErrorCode } from '../../../shared/errors.ts';

/** An invalid field of a request; `field` is null if the request as a whole is invalid. */
interface Issue {
  readonly field: string | null;
  readonly message: string;
}

/** A CA's problem document (RFC 7807) with all members that it sent. */
interface ProblemDocument {
  readonly type: string;
  readonly detail?: string;
}

/** Details of a failed request to a CA. */
export interface AcmeDetails {
  readonly url?: string;
  readonly status?: number;
  readonly problem?: ProblemDocument | null;
  readonly retryAfter?: number;
  readonly body?: string;
  readonly reason?: string;
  readonly accountUrl?: string | null;
  readonly orderStatus?: string;
  readonly identifier?: { readonly type: string; readonly value: string };
  readonly offered?: readonly string[];
  readonly deadline?: true;
  readonly jobId?: string;
  readonly step?: string | null;
}

/** Details of a failed request to a DNS provider, or of a failed DNS update at a name server. */
export interface DnsProviderDetails {
  readonly provider: string;
  readonly status?: number;
  readonly answer?: string;
  readonly retryAfter?: number;
  readonly permissions?: string;
  readonly server?: string;
  readonly zone?: string;
  readonly rcode?: string;
  readonly tsigError?: string;
}

export interface NotificationDetails {
  readonly status?: number | null;
  readonly answer?: string | null;
  readonly server?: string;
  readonly retryAfter?: number;
}

export interface IssuedDetails {
  readonly check: string;
  readonly serial?: string;
  readonly ordered?: readonly string[];
  readonly issued?: readonly string[];
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly inUse?: string;
}

interface DomainDetails {
  readonly names: readonly string[];
  readonly domain?: string;
}

interface ZoneDetails {
  readonly name?: string;
  readonly zone?: string | null;
  readonly nameServers?: readonly string[];
  readonly aliases?: readonly string[];
  readonly accountZones?: readonly string[];
  readonly cname?: string;
  readonly step?: string;
  readonly provider?: string;
  readonly server?: string;
  readonly rcode?: string;
  readonly tsigError?: string;
}

interface LookupDetails {
  readonly name?: string;
  readonly type?: string;
  readonly servers?: readonly object[];
  readonly chain?: readonly string[];
}

interface PropagationDetails {
  readonly record: string;
  readonly zone: string | null;
  readonly expected: readonly string[];
  readonly waitedSeconds: number;
  readonly servers: readonly unknown[];
  readonly suggestedSetting?: object;
}

interface ChallengeDetails {
  readonly challengeType: string;
  readonly directoryUrl: string;
  readonly problem: ProblemDocument | null;
  readonly failures: readonly object[];
}

interface CredentialsNeeded {
  readonly dnsCredentialId?: string;
  readonly dnsProvider?: string;
  readonly fields?: readonly string[];
}

interface LimitDetails {
  readonly field?: string;
  readonly name?: string;
  readonly zones?: readonly string[];
}

interface SupportedDetails {
  readonly field: string;
  readonly supported?: readonly string[];
}

interface DamagedDetails {
  readonly path: string;
  readonly reason: string;
  readonly backup: string | null;
  readonly command: string | null;
}

interface NewerDetails {
  readonly path: string;
  readonly version: number;
  readonly known: number;
  readonly backup?: string | null;
  readonly command?: string | null;
}

interface HostDetails {
  readonly host: string;
  readonly reason: string;
}

interface HostCredentialDetails {
  readonly host: string;
  readonly reason: string;
  /** The field of the request that is wrong. */
  readonly field?: 'privateKey' | 'passphrase';
}

interface HostKeyDetails {
  readonly host: string;
  readonly type: string | null;
  readonly sha256: string | null;
  readonly accepted: readonly object[];
}

interface FoundDetails {
  readonly host: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly expiresAt: string;
}

interface ClaimDetails {
  readonly host: string;
  readonly path: string;
  /** Null if the other deployment is of the same request. */
  readonly deploymentId: string | null;
}

interface CommandDetails {
  readonly host: string;
  readonly step: string;
  readonly exitCode: number | null;
  readonly output: string;
}

interface CloudDetails {
  readonly service: string;
  /** Of its HTTP answer; 0 if there was none. */
  readonly status: number;
  readonly reason: string;
}

interface ServedDetails {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

export interface ErrorDetails {
  readonly INVALID_REQUEST: { readonly issues: readonly Issue[] };
  readonly TOO_MANY_REQUESTS: { readonly retryAfter: number };
  readonly METHOD_NOT_ALLOWED: { readonly allow: readonly string[] };
  readonly IDEMPOTENCY_KEY_REUSED: { readonly jobId: string };
  readonly OPERATION_IN_PROGRESS: { readonly jobId: string | null };
  readonly DUPLICATE_DOMAIN: { readonly projectId: string; readonly name: string };
  readonly ENDPOINT_EXISTS: { readonly endpointId: string };
  readonly CERTIFICATE_UNREADABLE: { readonly missing: string };
  readonly KEY_UNREADABLE: { readonly missing: string };
  readonly KEY_MISMATCH: { readonly certificateKeys: readonly string[]; readonly privateKey: string };
  readonly WEAK_KEY: { readonly key: string };
  readonly CERTIFICATE_EXPIRED: { readonly expiresAt: string };
  readonly CERTIFICATE_NOT_YET_VALID: { readonly issuedAt: string };
  readonly CERTIFICATE_DOMAIN_MISMATCH: DomainDetails;
  readonly CHALLENGE_FAILED: ChallengeDetails;
  readonly CHALLENGE_UNAVAILABLE: { readonly name: string; readonly offered: readonly string[] };
  readonly UNSUPPORTED_DNS_PROVIDER: SupportedDetails;
  readonly DNS_CREDENTIALS_REQUIRED: CredentialsNeeded;
  readonly DNS_CREDENTIALS_REJECTED: DnsProviderDetails;
  readonly DNS_CREDENTIAL_LIMITED: LimitDetails;
  readonly DNS_CREDENTIAL_IN_USE: { readonly usedBy: readonly object[] };
  readonly DNS_ZONE_NOT_FOUND: ZoneDetails;
  readonly DNS_PROPAGATION_TIMEOUT: PropagationDetails;
  readonly DNS_PROVIDER_REFUSED: DnsProviderDetails;
  readonly DNS_PROVIDER_UNAVAILABLE: DnsProviderDetails;
  readonly DNS_LOOKUP_FAILED: LookupDetails;
  readonly NOTIFICATION_FAILED: NotificationDetails;
  readonly ADDRESS_NOT_ALLOWED: { readonly host: string; readonly refusal: string };
  readonly UNKNOWN_CA: { readonly field: string; readonly known: readonly string[] };
  readonly ACME_EAB_REQUIRED: AcmeDetails;
  readonly ACME_ACCOUNT_DEACTIVATED: AcmeDetails;
  readonly ACME_REJECTED: AcmeDetails;
  readonly ACME_RATE_LIMITED: AcmeDetails;
  readonly ACME_UNAVAILABLE: AcmeDetails;
  readonly ACME_PROTOCOL_ERROR: AcmeDetails;
  readonly ACME_TIMEOUT: AcmeDetails;
  readonly ISSUED_CERTIFICATE_REJECTED: IssuedDetails;
  readonly HOST_UNREACHABLE: HostDetails;
  readonly HOST_LOGIN_REFUSED: HostDetails;
  readonly HOST_CREDENTIAL_INVALID: HostCredentialDetails;
  readonly HOST_CONNECTION_LOST: HostDetails;
  readonly HOST_TIMEOUT: HostDetails;
  readonly HOST_KEY_REFUSED: HostKeyDetails;
  readonly HOST_NOT_READY: { readonly host: string; readonly check: string; readonly fix: string | null };
  readonly HOST_FILE_REFUSED: { readonly host: string; readonly path: string; readonly reason: string };
  readonly HOST_IN_USE: { readonly usedBy: readonly object[] };
  readonly HOST_CREDENTIAL_IN_USE: { readonly usedBy: readonly object[] };
  readonly HOST_HAS_NEWER_CERTIFICATE: FoundDetails;
  readonly PATH_CLAIMED: ClaimDetails;
  readonly DEPLOYMENT_COMMAND_FAILED: CommandDetails;
  readonly DEPLOYMENT_NOT_SERVED: ServedDetails;
  readonly DEPLOYMENT_WORSE: ServedDetails;
  readonly DEPLOYMENT_ROLLBACK_FAILED: HostDetails;
  readonly CLOUD_REFUSED: CloudDetails;
  readonly CLOUD_UNAVAILABLE: CloudDetails;
  readonly STORAGE_FAILED: { readonly folder: string };
  readonly DATABASE_TOO_NEW: NewerDetails;
  readonly DATABASE_DAMAGED: DamagedDetails;
  readonly BACKUP_NOT_FOUND: { readonly file: string };
  readonly BACKUP_UNREADABLE: { readonly file: string };
  readonly BACKUP_FAILED: { readonly place: string; readonly code: string };
  readonly PASSPHRASE_WRONG: { readonly file: string };
  readonly JOBS_UNDER_WAY: { readonly running: number; readonly queued: number };
  readonly DATA_FOLDER_EXPOSED: { readonly folder: string; readonly command: string | null };
  readonly DATA_FOLDER_IN_USE: { readonly folder: string };
  readonly SHUTTING_DOWN: { readonly jobId: string };
  readonly LISTEN_FAILED: { readonly host: string; readonly port: number; readonly reason: string };
}

/** `details` of this code; undefined for a code that has none. */
export type DetailsOf<Code extends ErrorCode> = Code extends keyof ErrorDetails
  ? ErrorDetails[Code]
  : undefined;
