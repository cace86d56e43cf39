// Protocols of TLS endpoints and the catalogue of findings about them. Without zod, so that `certdesk check` starts fast.

/** `tls`: TLS from the first byte. The others upgrade a plaintext connection (STARTTLS and its relatives). */
export const PROTOCOLS = [
  'tls',
  'smtp',
  'imap',
  'pop3',
  'ldap',
  'postgres',
  'mysql',
  'ftp',
  'xmpp-client',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** The port that IANA registered for each protocol. */
export const DEFAULT_PORTS: Readonly<Record<Protocol, number>> = {
  tls: 443,
  smtp: 25,
  imap: 143,
  pop3: 110,
  ldap: 389,
  postgres: 5432,
  mysql: 3306,
  ftp: 21,
  'xmpp-client': 5222,
};

/** Ports whose servers begin in plaintext, besides those of DEFAULT_PORTS: submission of mail. */
const USUAL_PROTOCOLS: ReadonlyMap<number, Protocol> = new Map([
  ...PROTOCOLS.map((protocol) => [DEFAULT_PORTS[protocol], protocol] as const),
  [587, 'smtp'],
]);

/** What a server on this port usually speaks first. @param port Undefined: not given. */
export function usualProtocol(port: number | undefined): Protocol {
  return (port === undefined ? undefined : USUAL_PROTOCOLS.get(port)) ?? 'tls';
}

/**
 * How much a finding matters. `critical`: some clients fail or will be attacked. `warning`: they will soon, or some old
 * ones do. `info`: harmless. `unknown`: this machine could not see what clients get.
 */
export type FindingSeverity = 'critical' | 'warning' | 'info' | 'unknown';

export interface FindingEntry {
  readonly severity: FindingSeverity;
  /** A sentence without names, for tables and help texts. */
  readonly summary: string;
  /** What to do, in one or two sentences. */
  readonly advice: string;
}

/** Every finding by its stable code. */
export const FINDINGS = {
  unreachable: {
    severity: 'critical',
    summary: 'The address does not accept connections, or the server does not answer in time.',
    advice: 'Start the server, and check its listen address and the firewall.',
  },
  unresolved: {
    severity: 'critical',
    summary: 'The host name has no address.',
    advice: 'Check the spelling, or add an A or AAAA record.',
  },
  'plaintext-only': {
    severity: 'critical',
    summary: 'The server answers, but not with TLS, or it does not offer STARTTLS.',
    advice: 'Enable TLS on this port, or check with the STARTTLS protocol that the server speaks.',
  },
  'protocol-error': {
    severity: 'critical',
    summary: 'The answer does not follow the STARTTLS protocol.',
    advice: 'Check that the port belongs to a server of this protocol.',
  },
  'handshake-failed': {
    severity: 'critical',
    summary: 'The TLS handshake failed before the server presented a certificate.',
    advice: 'Check that the server has a certificate for this name, and TLS 1.2 or 1.3 enabled.',
  },
  'served-old': {
    severity: 'critical',
    summary: 'The server presents an earlier certificate of the same project.',
    advice:
      'Install the current certificate if that has not happened yet, then reload or restart the server.',
  },
  'wrong-certificate': {
    severity: 'critical',
    summary: 'The server presents a certificate that the project never had.',
    advice: 'Install the certificate of the project, or remove this endpoint from the project.',
  },
  'wrong-name': {
    severity: 'critical',
    summary: 'The certificate is not valid for the host name.',
    advice: 'Install a certificate that has this name, or add the name to the certificate and renew it.',
  },
  'not-for-servers': {
    severity: 'critical',
    summary: 'The certificate does not permit use by a TLS server, so clients reject it.',
    advice:
      'Install a certificate for servers: with the extended key usage serverAuth, and the key usage digitalSignature.',
  },
  'self-signed': {
    severity: 'critical',
    summary: 'The certificate signed itself, so clients do not trust it.',
    advice: 'Install a certificate of a CA that clients trust.',
  },
  untrusted: {
    severity: 'critical',
    summary: 'The chain ends at a root that is not trusted.',
    advice: 'Install a certificate of a trusted CA, or add the root of a private CA to the trusted roots.',
  },
  'missing-intermediate': {
    severity: 'critical',
    summary: 'The server does not send every intermediate certificate.',
    advice: 'Configure the full chain (fullchain.pem) instead of the certificate alone.',
  },
  'invalid-chain': {
    severity: 'critical',
    summary:
      'The chain exceeds what a CA certificate in it permits, or has a critical extension that clients do not know.',
    advice: 'Issue the certificate from a CA that permits its names and its use.',
  },
  'weak-cryptography': {
    severity: 'critical',
    summary: 'A key or a signature of the chain is so weak that current clients reject it.',
    advice: 'Use keys of at least RSA 2048 or P-256, and signatures with SHA-256 or better.',
  },
  'chain-out-of-order': {
    severity: 'warning',
    summary: 'The server sends the certificates of the chain in the wrong order.',
    advice: 'Put the certificate first, then its issuer, then the issuer of that one.',
  },
  expired: {
    severity: 'critical',
    summary: 'The certificate has expired.',
    advice: 'Renew it, install it and reload the server.',
  },
  'not-yet-valid': {
    severity: 'critical',
    summary: 'The validity of the certificate has not begun.',
    advice: 'Check the clocks of both machines, or install another certificate until then.',
  },
  expiring: {
    severity: 'warning',
    summary: 'The certificate expires soon.',
    advice: 'Renew it, install it and reload the server.',
  },
  'intermediate-expired': {
    severity: 'critical',
    summary: 'An intermediate certificate that the server sends has expired.',
    advice: "Replace the chain with the CA's current one.",
  },
  'intermediate-expiring': {
    severity: 'warning',
    summary: 'An intermediate certificate that the server sends expires soon, before the certificate itself.',
    advice: "Replace the chain with the CA's current one, or renew the certificate.",
  },
  revoked: {
    severity: 'critical',
    summary: 'The CA revoked the certificate or an intermediate.',
    advice: 'Issue a new certificate, install it and reload the server.',
  },
  'addresses-differ': {
    severity: 'warning',
    summary: 'The addresses of the host present different certificates.',
    advice: 'Install the same certificate on every server behind the name, and reload each of them.',
  },
  'outdated-tls': {
    severity: 'warning',
    summary: 'The server supports only TLS versions or ciphers that current clients refuse.',
    advice: 'Enable TLS 1.2 and TLS 1.3 with their default ciphers.',
  },
  'no-client-auth': {
    severity: 'warning',
    summary:
      'The server is of a kind that presents its certificate as a client too, and the certificate does not permit that.',
    advice: 'For connections as a client, use a certificate of a private CA.',
  },
  'extra-root': {
    severity: 'info',
    summary: 'The server also sends the root certificate, which clients ignore.',
    advice: 'Remove the root from the chain to save bytes in each handshake.',
  },
  'extra-certificate': {
    severity: 'info',
    summary: 'The server sends certificates that are not part of the chain, or sends one twice.',
    advice: 'Remove them from the file of the chain.',
  },
  'revocation-unknown': {
    severity: 'info',
    summary: 'A revocation list could not be read.',
    advice: 'Allow connections to the revocation list of the CA, or check again later.',
  },
  unknown: {
    severity: 'unknown',
    summary: 'This machine has no route to the address, or may not connect to it.',
    advice: 'Check from a machine that reaches the address.',
  },
  'check-failed': {
    severity: 'unknown',
    summary: 'Certdesk could not finish the check, because of an error of its own.',
    advice: 'Check again. If it fails again, report the error.',
  },
} as const satisfies Record<string, FindingEntry>;
export type FindingCode = keyof typeof FINDINGS;

export const FINDING_CODES = Object.keys(FINDINGS) as readonly FindingCode[];

/** One thing that is wrong, or that could not be seen. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** The address that it concerns; null for the endpoint as a whole. */
  readonly address: string | null;
  /** What happened, as full sentences with names and times. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}
