// The error catalogue: every error code that Certdesk returns. test/errors.test.ts compares docs/errors.md with it.

export interface ErrorEntry {
  /** HTTP status of the REST response. */
  readonly status: number;
  /** Whether the same request can succeed later if nobody changes anything. */
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
  INVALID_REQUEST: entry(400, false, 'The request is invalid. Correct the field that details name.'),
  UNAUTHENTICATED: entry(
    401,
    false,
    'The API token is missing or invalid. Create one with `certdesk token create`.',
  ),
  FORBIDDEN: entry(
    403,
    false,
    'The token lacks the scope, is not for this project, or API tokens cannot do this. The message says which.',
  ),
  PROOF_REQUIRED: entry(
    403,
    false,
    'This action needs a confirmation of your identity from the last 15 minutes. Use a new sign-in link (`certdesk login-link`) or confirm in the desktop window, then try again.',
  ),
  SIGN_IN_LINK_INVALID: entry(
    401,
    false,
    'This sign-in link is used, expired or unknown. Create a new one with `certdesk login-link`.',
  ),
  ORIGIN_NOT_ALLOWED: entry(
    403,
    false,
    "The call came from a page of another site. A signed-in browser can call only from this server's own pages. Reload the page.",
  ),
  HOST_NOT_ALLOWED: entry(
    421,
    false,
    'The Host header names no address of this server (a guard against DNS rebinding). Use the address that Certdesk printed, or start with --allowed-host.',
  ),
  NOT_FOUND: entry(404, false, 'There is nothing at this address. /api/docs lists all addresses.'),
  METHOD_NOT_ALLOWED: entry(
    405,
    false,
    'This address does not support that HTTP method. /api/docs lists the methods.',
  ),
  PAYLOAD_TOO_LARGE: entry(413, false, 'The request body is larger than 1 MiB. Send less.'),
  HEADERS_TOO_LARGE: entry(431, false, 'The URL or the headers are larger than 16 KiB. Send less.'),
  REQUEST_TIMEOUT: entry(408, true, 'The request did not arrive completely in time. Send it again.'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, false, 'Request bodies are JSON. Send Content-Type: application/json.'),
  TOO_MANY_REQUESTS: entry(
    429,
    true,
    'This caller has too many failed, refused or waiting requests. Wait as long as Retry-After says.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    409,
    false,
    'This Idempotency-Key belongs to a different request. Use a new key for each request.',
  ),

  PROJECT_NOT_FOUND: entry(404, false, 'Project not found.'),
  PROJECT_HAS_CERTIFICATE: entry(409, false, "Remove the project's certificate first."),
  PROJECT_IN_USE: entry(
    409,
    false,
    "Certdesk's own HTTPS uses this project. Select another project in the settings (HTTPS), or turn HTTPS off.",
  ),
  DUPLICATE_DOMAIN: entry(
    409,
    false,
    'Another project, named in details, has this domain. Use that project, or send allowDuplicateDomain: true.',
  ),
  CERTIFICATE_NOT_FOUND: entry(404, false, 'The project has no certificate. Request or upload one first.'),
  CA_ACCOUNT_NOT_FOUND: entry(404, false, 'CA account not found.'),
  CA_ACCOUNT_IN_USE: entry(
    409,
    false,
    'The CA still accepts this account. You can replace an account only after it was deactivated at the CA. Replace its key instead.',
  ),
  JOB_NOT_FOUND: entry(404, false, 'Job not found.'),
  JOB_NOT_HELD_BACK: entry(409, false, 'The job is not held back. It is running, queued or finished.'),
  TOKEN_NOT_FOUND: entry(404, false, 'API token not found.'),
  SAVED_FILTER_NOT_FOUND: entry(404, false, 'Saved filter not found. It was deleted.'),
  SESSION_NOT_FOUND: entry(404, false, 'Session not found. It has ended.'),
  DOMAIN_NOT_CONFIGURED: entry(400, false, 'The project has no domain. Set one first.'),
  OPERATION_IN_PROGRESS: entry(409, true, 'Another job for this project is running. Wait until it finishes.'),

  CERTIFICATE_UNREADABLE: entry(
    400,
    false,
    'The file or text contains no readable certificate. The message says what it contains.',
  ),
  CERTIFICATE_EXPIRED: entry(400, false, 'The certificate has expired. Get a new one from its CA.'),
  CERTIFICATE_NOT_YET_VALID: entry(
    400,
    false,
    'The certificate is not valid yet. Check the system clock, or wait.',
  ),
  CERTIFICATE_DOMAIN_MISMATCH: entry(
    400,
    false,
    "The certificate is not valid for the project's domain. Use a certificate that contains this name.",
  ),
  WEAK_KEY: entry(400, false, 'The key is too weak. RSA needs at least 2048 bits, EC at least P-256.'),
  WEAK_SIGNATURE: entry(
    400,
    false,
    'The certificate is signed with a broken hash (SHA-1 or MD5). Get a new one from its CA.',
  ),
  KEY_UNREADABLE: entry(
    400,
    false,
    'The file or text contains no readable private key. The message says what it contains.',
  ),
  KEY_MISMATCH: entry(400, false, 'Certificate and private key do not match.'),
  PASSPHRASE_REQUIRED: entry(400, false, 'The private key or file is encrypted. Enter its passphrase.'),
  PASSPHRASE_WRONG: entry(400, false, 'The passphrase is wrong.'),
  KEY_NOT_HELD: entry(400, false, 'Certdesk does not have the private key of this certificate.'),
  NOT_AN_ACME_CERTIFICATE: entry(
    400,
    false,
    'The certificate was uploaded. Renew or revoke it with its issuer.',
  ),
  NO_CLIENT_USE: entry(
    409,
    false,
    'There is no warning to acknowledge: no service is known that may present the certificate as a client.',
  ),
  NOT_REVOKED: entry(409, false, 'The certificate is not revoked, so there is nothing to acknowledge.'),
  ALREADY_REVOKED: entry(409, false, 'The certificate is already revoked. A revocation cannot be undone.'),

  CHALLENGE_FAILED: entry(400, true, 'The CA could not validate the domain. Details contain the reason.'),
  CHALLENGE_UNAVAILABLE: entry(
    400,
    false,
    'The CA does not offer the chosen challenge type for this name (a wildcard needs DNS-01; for an IP address there is no DNS-01).',
  ),
  ALPN_LISTENER_OFF: entry(
    400,
    false,
    'This server does not answer TLS-ALPN-01 challenges. Start it with --alpn-port 443, or choose another challenge type.',
  ),
  UNSUPPORTED_DNS_PROVIDER: entry(400, false, 'Unknown DNS provider.'),
  DNS_CREDENTIALS_REQUIRED: entry(
    400,
    false,
    'DNS-01 needs DNS credentials. Enter them, or select saved ones.',
  ),
  DNS_CREDENTIALS_REJECTED: entry(400, false, 'The DNS provider rejected the credentials. Enter new ones.'),
  DNS_CREDENTIAL_NOT_FOUND: entry(404, false, 'DNS credential not found.'),
  INCIDENT_NOT_FOUND: entry(404, false, 'Incident not found.'),
  ENDPOINT_NOT_FOUND: entry(404, false, 'Endpoint not found.'),
  ENDPOINT_EXISTS: entry(
    409,
    false,
    'Another endpoint, named in details, has this host, port, protocol and server name. Change that one.',
  ),
  DNS_CREDENTIAL_LIMITED: entry(
    403,
    false,
    'The saved DNS credential is limited to other projects or zones. Select another one, or change its limits.',
  ),
  DNS_CREDENTIAL_IN_USE: entry(409, false, 'Projects, named in details, use this DNS credential.'),
  DNS_ZONE_NOT_FOUND: entry(400, false, 'This DNS account does not contain the zone of the name.'),
  DNS_PROPAGATION_TIMEOUT: entry(
    400,
    true,
    'DNS propagation timed out: not all name servers return the TXT record.',
  ),
  DNS_PROVIDER_REFUSED: entry(
    400,
    false,
    'The DNS provider refused the change. Details contain its response.',
  ),
  DNS_PROVIDER_UNAVAILABLE: entry(502, true, 'The DNS provider is unavailable. Try again later.'),
  DNS_LOOKUP_FAILED: entry(502, true, 'A DNS lookup failed. Details name the server and the reason.'),

  NOTIFICATION_CHANNEL_NOT_FOUND: entry(404, false, 'Notification channel not found.'),
  NOTIFICATION_FAILED: entry(
    502,
    true,
    'The mail server or webhook rejected the message. Details contain its response.',
  ),

  ADDRESS_NOT_ALLOWED: entry(
    400,
    false,
    'Certdesk does not connect to this address for this caller. Let a signed-in person save it, or start with --allow-private.',
  ),
  UNKNOWN_CA: entry(400, false, 'Unknown CA. Select one, or enter an https directory URL.'),
  ACME_EAB_REQUIRED: entry(
    400,
    false,
    'This CA requires external account binding. Get an EAB key ID and HMAC key in your account there, and send them as `eab`.',
  ),
  ACME_ACCOUNT_DEACTIVATED: entry(
    400,
    false,
    'The account was deactivated at the CA. Replace it in Settings, Certificate authorities, or with `certdesk ca-account replace`.',
  ),
  ACME_REJECTED: entry(400, false, 'The CA rejected the request. Details contain its problem document.'),
  ACME_RATE_LIMITED: entry(429, true, 'A rate limit of the CA is reached. Wait as long as Retry-After says.'),
  ACME_UNAVAILABLE: entry(502, true, 'The CA is unavailable. Try again later.'),
  ACME_PROTOCOL_ERROR: entry(502, true, "The CA's response is not valid ACME (RFC 8555)."),
  ACME_TIMEOUT: entry(504, true, 'The CA did not finish in time. The job continues: check it later.'),
  ISSUED_CERTIFICATE_REJECTED: entry(
    502,
    true,
    'The CA issued a certificate that does not match the order. Certdesk did not activate it.',
  ),

  SECRET_STORE_UNAVAILABLE: entry(
    503,
    true,
    'The secret store (OS keychain or encrypted file) is locked or unavailable. Unlock it. Nothing was changed.',
  ),
  SEALED_DATA_UNREADABLE: entry(
    500,
    false,
    'A stored key cannot be decrypted with the current master key. Restore the matching one.',
  ),
  HOST_UNREACHABLE: entry(
    502,
    true,
    'The host could not be reached. Check its address and port, and that SSH is running there.',
  ),
  HOST_KEY_REFUSED: entry(
    502,
    false,
    'The host presented a key that nobody has accepted. If the host was reinstalled, compare the fingerprint and accept the new key; otherwise someone may be intercepting the connection.',
  ),
  HOST_LOGIN_REFUSED: entry(
    502,
    false,
    'The host refused the login. Check the user, and that its authorized_keys file has the key or that the password is right.',
  ),
  HOST_CREDENTIAL_INVALID: entry(
    400,
    false,
    'The credential of the host cannot be used: its passphrase is wrong, its key is damaged or of an unknown type, or its agent does not answer.',
  ),
  HOST_NOT_READY: entry(
    409,
    false,
    'The host lacks something that deployments need. The message names it and the line that fixes it.',
  ),
  HOST_FILE_REFUSED: entry(
    409,
    false,
    'A file on the host cannot be read or replaced. The message says why and what to do.',
  ),
  HOST_CONNECTION_LOST: entry(
    502,
    true,
    'The connection to the host was lost. The next contact finishes the deployment or restores the previous files.',
  ),
  HOST_TIMEOUT: entry(504, true, 'The host did not answer in time. Check its load, then try again.'),
  HOST_NOT_FOUND: entry(404, false, 'Host not found. Check its ID.'),
  HOST_IN_USE: entry(
    409,
    false,
    'The host is in use. Remove it from its deployments, and from the hosts behind it, first.',
  ),
  HOST_CREDENTIAL_NOT_FOUND: entry(404, false, 'Host credential not found. Check its ID.'),
  HOST_CREDENTIAL_IN_USE: entry(409, false, 'The credential is in use. Select another one there first.'),
  HOST_HAS_NEWER_CERTIFICATE: entry(
    409,
    false,
    'The host has a newer valid certificate that Certdesk does not know, and Certdesk does not overwrite it. Renew the certificate, or remove that file.',
  ),
  DEPLOYMENT_NOT_FOUND: entry(404, false, 'Deployment not found. Check its ID.'),
  DEPLOYMENT_PAUSED: entry(409, false, 'The deployment is paused. Resume it first.'),
  DEPLOYMENT_RUN_NOT_FOUND: entry(404, false, 'Deployment run not found. It may have been deleted.'),
  DEPLOYMENT_RUN_ENDED: entry(409, false, 'This run cannot be retried. Deploy again instead.'),
  PATH_CLAIMED: entry(
    409,
    false,
    'Another deployment writes this file. Use another path, or change that one.',
  ),
  ACME_SH_DISABLED: entry(
    409,
    false,
    'Scripts of acme.sh are off. Start Certdesk with --acme-sh-folder FOLDER to run them.',
  ),
  DEPLOYMENT_COMMAND_FAILED: entry(
    502,
    false,
    'A command on the host failed. Its output says why. The previous files are in place unless the message says otherwise.',
  ),
  DEPLOYMENT_NOT_SERVED: entry(
    502,
    true,
    'The files are installed, but the service does not present the certificate. Restart it on the host.',
  ),
  DEPLOYMENT_WORSE: entry(
    502,
    false,
    'After the reload the service worked worse than before. The message says whether the previous files were put back.',
  ),
  DEPLOYMENT_ROLLBACK_FAILED: entry(
    502,
    false,
    'The previous files could not all be put back. Check the files on the host, then deploy again.',
  ),
  CLOUD_REFUSED: entry(
    502,
    false,
    'The cloud service refused the request. The message has its reason: check credential, permissions and options.',
  ),
  CLOUD_UNAVAILABLE: entry(
    502,
    true,
    'The cloud service cannot be reached or limits requests. Certdesk retries.',
  ),
  STORAGE_FAILED: entry(
    500,
    true,
    'The database could not be written (disk full or read-only?). See the log.',
  ),
  DATABASE_TOO_NEW: entry(
    500,
    false,
    'The database was written by a newer version of Certdesk. Start that version, or restore a backup of this one.',
  ),
  DATABASE_DAMAGED: entry(
    500,
    false,
    'The database file is damaged. It stays as it is. Restore the last good backup with --keep-aside.',
  ),
  BACKUP_PASSPHRASE_NOT_SET: entry(409, false, 'Set a backup passphrase first, on the page Backups.'),
  BACKUP_NOT_FOUND: entry(404, false, 'Backup not found. Check its name or path.'),
  BACKUP_UNREADABLE: entry(
    400,
    false,
    'This file is not a valid backup, or it is damaged. Use another backup.',
  ),
  BACKUP_FAILED: entry(
    500,
    true,
    'The backup could not be created or read (disk full, read-only or not mounted?). The message says what to do.',
  ),
  BACKUP_TOO_NEW: entry(
    400,
    false,
    'The backup was created by a newer version of Certdesk. Restore it with that version.',
  ),
  JOBS_UNDER_WAY: entry(
    409,
    true,
    'Jobs are running, and a restore would interrupt them. Wait until they finish, then try again.',
  ),
  RESTORE_UNDER_WAY: entry(
    409,
    true,
    'A restore is in progress, and Certdesk is about to restart. Try again in a moment.',
  ),
  DATA_FOLDER_EXPOSED: entry(
    500,
    false,
    'Other users can write to the data folder or to a folder above it. Run the chmod command in the message, or use another folder.',
  ),
  DATA_FOLDER_IN_USE: entry(500, true, 'Another Certdesk uses this data folder. Stop it first.'),
  SHUTTING_DOWN: entry(503, true, 'Certdesk is stopping. The job continues after the restart.'),
  LISTEN_FAILED: entry(
    500,
    true,
    'A port cannot be opened. Use another one, or stop the program that uses it.',
  ),
  INTERNAL: entry(500, false, 'Internal error. See the log, and report it.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** The body of every failed response, and the stored error of a failed job. */
export interface ErrorBody {
  readonly success: false;
  /** A sentence for people: the REST specification's text if it has one. */
  readonly error: string;
  readonly code: ErrorCode;
  /** What helps to fix it: the field, the CA's problem document, what each name server returned. */
  readonly details?: unknown;
}
