// THE error catalogue: every failure that Certdesk can answer with. docs/errors.md is checked against it.

export interface ErrorEntry {
  /** HTTP status of the REST answer. */
  readonly status: number;
  /** Whether the same request can succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** What happened and what to do, for a person. */
  readonly summary: string;
}

const entry = (status: number, retryable: boolean, summary: string): ErrorEntry => ({
  status,
  retryable,
  summary,
});

export const ERRORS = {
  INVALID_REQUEST: entry(400, false, 'The request is not well formed. Mend the field that details name.'),
  UNAUTHENTICATED: entry(401, false, 'No valid API token was sent. Make one with `certdesk token create`.'),
  FORBIDDEN: entry(
    403,
    false,
    'The token lacks the scope, is not for this project, or no token may do this. The message says which.',
  ),
  PROOF_REQUIRED: entry(
    403,
    false,
    'This requires a proof of identity from the last 15 minutes. Use a new sign-in link (`certdesk login-link`), or confirm in the desktop window, then try again.',
  ),
  SIGN_IN_LINK_INVALID: entry(
    401,
    false,
    'This sign-in link was used before, is older than 10 minutes, or is not known. Get a new one by certdesk login-link.',
  ),
  ORIGIN_NOT_ALLOWED: entry(
    403,
    false,
    "A signed-in browser may call from this server's own pages only (a guard against foreign pages). Reload the page.",
  ),
  HOST_NOT_ALLOWED: entry(
    421,
    false,
    'The Host header is not a name of this listener (a guard against DNS rebinding). Use the printed address.',
  ),
  NOT_FOUND: entry(404, false, 'There is nothing at this address. /api/docs lists what there is.'),
  METHOD_NOT_ALLOWED: entry(405, false, 'This address does not take that method.'),
  PAYLOAD_TOO_LARGE: entry(413, false, 'The body is over 1 MiB.'),
  HEADERS_TOO_LARGE: entry(431, false, 'The address or the headers of the request are over 16 KiB.'),
  REQUEST_TIMEOUT: entry(408, true, 'The request did not come whole within its time. Send it again.'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, false, 'Bodies are JSON: send Content-Type: application/json.'),
  TOO_MANY_REQUESTS: entry(
    429,
    true,
    'Too many failed, refused or waiting requests of this caller. Wait as Retry-After says.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    409,
    false,
    'This Idempotency-Key was used for another request. Use a new key for each request that differs.',
  ),

  PROJECT_NOT_FOUND: entry(404, false, 'There is no project of this id.'),
  PROJECT_HAS_CERTIFICATE: entry(409, false, 'The project still holds a certificate. Remove that first.'),
  DUPLICATE_DOMAIN: entry(
    409,
    false,
    'Another project has this domain; details name it. Use that project, or send allowDuplicateDomain: true.',
  ),
  CERTIFICATE_NOT_FOUND: entry(404, false, 'The project has no certificate. Obtain or upload one first.'),
  CA_ACCOUNT_NOT_FOUND: entry(404, false, 'There is no account at a CA of this id.'),
  CA_ACCOUNT_IN_USE: entry(
    409,
    false,
    'The CA still accepts this account: only one that was deactivated there is replaced. Give it a new key instead.',
  ),
  JOB_NOT_FOUND: entry(404, false, 'There is no job of this id.'),
  JOB_NOT_HELD_BACK: entry(409, false, 'The job is not held back: it runs, waits for its turn or has ended.'),
  TOKEN_NOT_FOUND: entry(404, false, 'There is no API token of this id.'),
  SESSION_NOT_FOUND: entry(404, false, 'There is no session of this id: it has ended.'),
  DOMAIN_NOT_CONFIGURED: entry(400, false, 'Set a domain on the project first.'),
  OPERATION_IN_PROGRESS: entry(
    409,
    true,
    'Another operation on this project is under way: wait for its job.',
  ),

  CERTIFICATE_UNREADABLE: entry(
    400,
    false,
    'The file or text holds no certificate that can be read. The message says what it looks like.',
  ),
  CERTIFICATE_EXPIRED: entry(400, false, 'The certificate has expired. Get a new one from its CA.'),
  CERTIFICATE_NOT_YET_VALID: entry(400, false, 'The certificate is not valid yet. Check the clock, or wait.'),
  CERTIFICATE_DOMAIN_MISMATCH: entry(400, false, 'The certificate does not name the domain of the project.'),
  WEAK_KEY: entry(400, false, 'The key is too weak: RSA needs 2048 bits, EC needs P-256 or more.'),
  WEAK_SIGNATURE: entry(400, false, 'The certificate is signed with a broken hash (SHA-1 or MD5).'),
  KEY_UNREADABLE: entry(
    400,
    false,
    'The file or text holds no private key that can be read. The message says what it looks like.',
  ),
  KEY_MISMATCH: entry(400, false, 'The private key belongs to another certificate.'),
  PASSPHRASE_REQUIRED: entry(400, false, 'The private key or file is encrypted. Send its passphrase.'),
  PASSPHRASE_WRONG: entry(400, false, 'The passphrase does not open the private key or file.'),
  KEY_NOT_HELD: entry(400, false, 'Certdesk does not hold the private key of this certificate.'),
  NOT_AN_ACME_CERTIFICATE: entry(
    400,
    false,
    'The certificate was uploaded: renew or revoke it where it came from.',
  ),
  NOT_REVOKED: entry(409, false, 'The certificate is not revoked: there is nothing to acknowledge.'),
  ALREADY_REVOKED: entry(409, false, 'The certificate is revoked already. That cannot be undone.'),

  CHALLENGE_FAILED: entry(400, true, 'The CA could not verify the domain. Details hold its reason.'),
  CHALLENGE_UNAVAILABLE: entry(
    400,
    false,
    'The CA offers no challenge of the chosen type for this name (a wildcard needs dns-01).',
  ),
  UNSUPPORTED_DNS_PROVIDER: entry(400, false, 'No such DNS provider. GET /dns-providers lists them.'),
  DNS_CREDENTIALS_REQUIRED: entry(
    400,
    false,
    'A dns-01 challenge needs the credentials of the DNS provider. Send them, or name kept ones.',
  ),
  DNS_CREDENTIALS_REJECTED: entry(400, false, 'The DNS provider refused the credentials. Give new ones.'),
  DNS_CREDENTIAL_NOT_FOUND: entry(404, false, 'There is no DNS credential of this id.'),
  DNS_CREDENTIAL_LIMITED: entry(
    403,
    false,
    'The saved DNS credential is limited to other projects or zones. Choose another one, or change its limits.',
  ),
  DNS_CREDENTIAL_IN_USE: entry(409, false, 'The DNS credential is in use by the projects in details.'),
  DNS_ZONE_NOT_FOUND: entry(400, false, 'The zone of this name is not in that DNS account.'),
  DNS_PROPAGATION_TIMEOUT: entry(400, true, 'The TXT record did not show on every name server in time.'),
  DNS_PROVIDER_REFUSED: entry(400, false, 'The DNS provider refused the change. Details hold its answer.'),
  DNS_PROVIDER_UNAVAILABLE: entry(502, true, 'The DNS provider is out of reach or failing. Try again later.'),
  DNS_LOOKUP_FAILED: entry(502, true, 'A DNS lookup that is needed failed. Details name server and reason.'),

  NOTIFICATION_CHANNEL_NOT_FOUND: entry(404, false, 'There is no notification channel of this id.'),
  NOTIFICATION_FAILED: entry(
    502,
    true,
    'The mail server or webhook did not take the message. Details hold what came back.',
  ),

  ADDRESS_NOT_ALLOWED: entry(
    400,
    false,
    'The address leads where Certdesk does not connect for this caller. Have a signed-in person save it, or start with --allow-private.',
  ),
  UNKNOWN_CA: entry(400, false, 'No such CA. GET /cas lists them; an https directory URL is taken too.'),
  ACME_EAB_REQUIRED: entry(
    400,
    false,
    'This CA wants an external account binding: get a key id and HMAC key there and send them as `eab`.',
  ),
  ACME_ACCOUNT_DEACTIVATED: entry(
    400,
    false,
    'The account was deactivated at the CA. Create a new one in its place: Settings, Accounts at CAs, or certdesk ca-account replace.',
  ),
  ACME_REJECTED: entry(400, false, 'The CA refused the request. Details hold its problem document.'),
  ACME_RATE_LIMITED: entry(429, true, 'A rate limit of the CA is reached. Wait as Retry-After says.'),
  ACME_UNAVAILABLE: entry(502, true, 'The CA is out of reach or failing. Try again later.'),
  ACME_PROTOCOL_ERROR: entry(502, true, 'The CA answered something that is not ACME (RFC 8555).'),
  ACME_TIMEOUT: entry(504, true, 'The CA did not finish in time. The job goes on; look at it later.'),
  ISSUED_CERTIFICATE_REJECTED: entry(
    502,
    true,
    'The certificate that the CA issued is not the one that was ordered. It was not taken into use.',
  ),

  SECRET_STORE_UNAVAILABLE: entry(
    503,
    true,
    'The secret store (OS keychain or sealed file) cannot be opened. Unlock it; nothing was changed.',
  ),
  SEALED_DATA_UNREADABLE: entry(
    500,
    false,
    'A sealed key does not open with the master key in the secret store. Restore the right one.',
  ),
  STORAGE_FAILED: entry(500, true, 'The database could not be written (disk full, read-only?). See the log.'),
  DATABASE_TOO_NEW: entry(
    500,
    false,
    'The database was written by a newer Certdesk. Start that version, or restore a backup of this one.',
  ),
  DATABASE_DAMAGED: entry(
    500,
    false,
    'The database file is damaged. It stays as it is; restore the last good backup with --keep-aside.',
  ),
  BACKUP_PASSPHRASE_NOT_SET: entry(
    409,
    false,
    'Backups have no passphrase yet. Set one first: POST /backups/passphrase, or Settings.',
  ),
  BACKUP_NOT_FOUND: entry(404, false, 'There is no backup of this name or at this path.'),
  BACKUP_UNREADABLE: entry(
    400,
    false,
    'The file is no backup, is damaged, or was cut off. Take another backup.',
  ),
  BACKUP_FAILED: entry(
    500,
    true,
    'The backup could not be made or read (disk full, read-only, not mounted?). The message says what to do.',
  ),
  BACKUP_TOO_NEW: entry(
    400,
    false,
    'The backup was written by a newer Certdesk. Restore it with that version.',
  ),
  JOBS_UNDER_WAY: entry(
    409,
    true,
    'Jobs are under way, which a restore would cut off. Wait until they have ended, then try again.',
  ),
  RESTORE_UNDER_WAY: entry(
    409,
    true,
    'A backup is being restored. Certdesk starts again in a moment: try again then.',
  ),
  DATA_FOLDER_EXPOSED: entry(
    500,
    false,
    'Other users may write to the data folder or to a folder above it. Run the chmod that the message names, or choose another folder.',
  ),
  DATA_FOLDER_IN_USE: entry(500, true, 'Another Certdesk runs on this data folder. Stop it first.'),
  SHUTTING_DOWN: entry(503, true, 'Certdesk is stopping. The job goes on after the next start.'),
  LISTEN_FAILED: entry(500, true, 'A port cannot be opened. Choose another one, or stop what uses it.'),
  INTERNAL: entry(500, false, 'A mistake in Certdesk. The log has the cause; please report it.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The body of every failed answer, and what is kept of a failed job. */
export interface ErrorBody {
  readonly success: false;
  /** A sentence for a person: the specification's text where it has one. */
  readonly error: string;
  readonly code: ErrorCode;
  /** What helps to mend it: the field, the CA's problem document, what a name server answered. */
  readonly details?: unknown;
}
