// The names of secrets in the secret store: a prefix for the kind of secret, then the id of its owner.

/** Values of a saved DNS credential. */
export const DNS_CREDENTIAL_PREFIX = 'dns-credential:';
/** The DNS credential that is stored with a project. */
export const PROJECT_DNS_PREFIX = 'dns-project:';
/** Secrets sent with a request that its job needs: EAB key, DNS credentials. */
export const JOB_PREFIX = 'job:';
/** Passwords, URLs and tokens of a notification channel. */
export const CHANNEL_PREFIX = 'notification:';
/** Values of a credential for hosts: keys, passwords. */
export const HOST_CREDENTIAL_PREFIX = 'host-credential:';
/** The passphrase of scheduled backups. */
export const BACKUP_PASSPHRASE = 'backup-passphrase';
/** The self-signed certificate of HTTPS with its private key. */
export const SELF_SIGNED_CERTIFICATE = 'https-self-signed';

/** @param id Of the saved credential. */
export const dnsCredentialSecret = (id: string): string => DNS_CREDENTIAL_PREFIX + id;
export const projectDnsSecret = (projectId: string): string => PROJECT_DNS_PREFIX + projectId;
export const jobSecret = (jobId: string): string => JOB_PREFIX + jobId;
/** @param id Of the notification channel. */
export const channelSecret = (id: string): string => CHANNEL_PREFIX + id;
/** @param id Of the credential for hosts. */
export const hostCredentialSecret = (id: string): string => HOST_CREDENTIAL_PREFIX + id;
