// The catalogue of the doctor's findings: what can keep a CA from issuing a certificate. Without zod, so that
// `certdesk doctor` starts fast.
import type { FindingSeverity } from './endpoint.ts';

/** What to paste where. Records are in zone-file notation (RFC 1035 section 5). */
export const FIX_KINDS = ['add-record', 'remove-record', 'command', 'setting'] as const;
export type FixKind = (typeof FIX_KINDS)[number];

export interface DoctorFix {
  readonly kind: FixKind;
  readonly text: string;
  /** Whether it is an alternative to the fixes without this mark. */
  readonly instead?: true;
}

interface DoctorEntry {
  readonly group: DoctorGroup;
  readonly severity: FindingSeverity;
  /** A sentence without names, for tables and docs. */
  readonly summary: string;
  /** What to do, in one or two sentences, for docs. */
  readonly advice: string;
  /** Whether a public CA must refuse the order. Private CAs may ignore CAA and DNSSEC. */
  readonly blocks?: true;
}

export const DOCTOR_GROUPS = {
  addresses: 'Addresses',
  ports: 'Ports 80 and 443',
  caa: 'CAA records',
  dnssec: 'DNSSEC',
  delegation: 'Delegation and name servers',
  challenge: 'The _acme-challenge name',
  clock: 'Clock and connection to the CA',
  ca: 'What the CA offers and allows',
  doctor: 'The doctor itself',
} as const;
export type DoctorGroup = keyof typeof DOCTOR_GROUPS;

/** Every finding by its stable code. */
export const DOCTOR_FINDINGS = {
  unresolved: {
    group: 'addresses',
    severity: 'critical',
    summary: 'The name has neither an A nor an AAAA record, so the CA finds no server to validate.',
    advice: 'Add an A or AAAA record, or validate with DNS-01, which needs no address.',
  },
  'lookup-failed': {
    group: 'addresses',
    severity: 'critical',
    summary: 'DNS does not answer queries for the name.',
    advice: 'Check the name servers of the zone, and the DNS resolver of this machine.',
  },
  'private-address': {
    group: 'addresses',
    severity: 'warning',
    summary: 'The name has an address in a private network, where no public CA can connect.',
    advice: 'Remove the record and add the public address, or validate with DNS-01.',
  },
  'ipv6-unreachable': {
    group: 'addresses',
    severity: 'critical',
    summary:
      'An AAAA record leads to a server that does not answer, although an A record leads to one that does.',
    advice: 'Remove the AAAA record, or let the server listen on IPv6. CAs prefer IPv6.',
  },
  'port-80-unreachable': {
    group: 'ports',
    severity: 'critical',
    summary: 'Nothing answers on port 80 of an address, which HTTP-01 needs.',
    advice: 'Start the listener, and open or forward port 80 in the firewall or router.',
  },
  'port-80-not-http': {
    group: 'ports',
    severity: 'critical',
    summary: 'The server on port 80 does not speak HTTP.',
    advice: 'Find out what listens on port 80, and move it to another port.',
  },
  'port-80-other-server': {
    group: 'ports',
    severity: 'warning',
    summary: 'Another web server than Certdesk answers on port 80.',
    advice: 'Forward /.well-known/acme-challenge/ to Certdesk, or point the name to Certdesk.',
  },
  'redirect-not-followed': {
    group: 'ports',
    severity: 'critical',
    summary: 'Port 80 redirects the challenge to where a CA does not follow.',
    advice:
      'Forward /.well-known/acme-challenge/ to Certdesk instead of redirecting it. In nginx, move the redirect into a location: a return outside of one also redirects the challenge.',
  },
  'port-443-unreachable': {
    group: 'ports',
    severity: 'critical',
    summary: 'Nothing answers on port 443 of an address, which TLS-ALPN-01 needs.',
    advice: 'Open or forward port 443, or use another validation method.',
  },
  'port-443-not-tls': {
    group: 'ports',
    severity: 'critical',
    summary: 'The server on port 443 does not speak TLS, which TLS-ALPN-01 needs.',
    advice: 'Find out what listens on port 443, and move it to another port.',
  },
  'caa-forbids': {
    group: 'caa',
    severity: 'critical',
    summary: 'The CAA records do not permit the CA to issue for the name.',
    advice: 'Add a CAA record with the domain of the CA, or select a CA that is permitted.',
    blocks: true,
  },
  'caa-forbids-wildcard': {
    group: 'caa',
    severity: 'critical',
    summary: 'The CAA records (issuewild) do not permit the CA to issue wildcard certificates for the name.',
    advice: 'Add an issuewild record with the domain of the CA, or request the names without a wildcard.',
    blocks: true,
  },
  'caa-forbids-account': {
    group: 'caa',
    severity: 'critical',
    summary: 'The CAA records permit only other ACME accounts of the CA (accounturi, RFC 8657).',
    advice: 'Add a record with the URL of this account, or request with the account that the record names.',
    blocks: true,
  },
  'caa-forbids-method': {
    group: 'caa',
    severity: 'critical',
    summary: 'The CAA records permit only other validation methods (validationmethods, RFC 8657).',
    advice: 'Select a permitted validation method, or add the method to the record.',
    blocks: true,
  },
  'caa-critical-tag': {
    group: 'caa',
    severity: 'critical',
    summary: 'A CAA record has an unknown property that is marked critical, so every CA refuses.',
    advice: 'Remove the record, or clear its critical flag (write 0 instead of 128).',
    blocks: true,
  },
  'caa-lookup-failed': {
    group: 'caa',
    severity: 'critical',
    summary: 'The CAA lookup fails. A CA that cannot look up CAA records refuses.',
    advice:
      'Check that every name server of the zone answers CAA queries, with an empty answer if there is no record.',
  },
  'caa-malformed': {
    group: 'caa',
    severity: 'warning',
    summary: 'A CAA record is malformed. CAs read it as a prohibition.',
    advice: 'Replace the record with a well-formed one.',
  },
  'caa-account-unknown': {
    group: 'caa',
    severity: 'info',
    summary: 'The CAA records name an ACME account, and it is unknown which account will request.',
    advice: 'Compare accounturi with the URL of the account, or pass --account-url.',
  },
  'dnssec-bogus': {
    group: 'dnssec',
    severity: 'critical',
    summary: 'DNSSEC validation of the name fails, so CAs refuse to issue.',
    advice: 'Remove the DS record at the registrar until the zone is signed with the matching key again.',
    blocks: true,
  },
  'dnssec-expired': {
    group: 'dnssec',
    severity: 'critical',
    summary: 'The DNSSEC signatures of the zone have expired, so CAs refuse to issue.',
    advice:
      'Sign the zone again; hosted DNS does it at the provider, and BIND automatically with dnssec-policy. If that takes long, remove the DS record at the registrar until then.',
    blocks: true,
  },
  'dnssec-not-validated': {
    group: 'dnssec',
    severity: 'unknown',
    summary:
      'The zone is signed, but no resolver that was asked validates, so its signatures were not checked.',
    advice: 'Ask a validating resolver: certdesk doctor --dns-resolver 9.9.9.9 NAME.',
  },
  'no-zone': {
    group: 'delegation',
    severity: 'critical',
    summary: 'DNS has no zone for the name: the domain is not registered, or not delegated.',
    advice: 'Check the spelling, the registration, and the name servers that the registrar has.',
  },
  'name-server-lame': {
    group: 'delegation',
    severity: 'warning',
    summary: 'A name server that the delegation names does not serve the zone (lame delegation).',
    advice: 'Configure the zone on that server, or remove its NS record in the zone and at the registrar.',
  },
  'name-server-silent': {
    group: 'delegation',
    severity: 'warning',
    summary: 'A name server of the zone does not answer.',
    advice: 'Start the server, or remove its NS record in the zone and at the registrar.',
  },
  'name-server-unresolved': {
    group: 'delegation',
    severity: 'warning',
    summary: 'A name server of the zone has no address.',
    advice: 'Add an address record for it, or remove its NS record in the zone and at the registrar.',
  },
  'delegation-differs': {
    group: 'delegation',
    severity: 'warning',
    summary: 'The parent zone delegates to other name servers than the zone itself lists.',
    advice: 'Make the NS records of the zone and those at the registrar equal.',
  },
  'challenge-cname-broken': {
    group: 'challenge',
    severity: 'critical',
    summary: 'The CNAME of the _acme-challenge name leads nowhere, so DNS-01 cannot validate.',
    advice: 'Point the CNAME to a name in an existing zone, or remove it.',
  },
  'challenge-cname': {
    group: 'challenge',
    severity: 'info',
    summary: 'The _acme-challenge name is a CNAME: DNS-01 needs access to the zone of its target.',
    advice: 'Nothing, if the DNS credentials may write to that zone.',
  },
  'challenge-txt-left': {
    group: 'challenge',
    severity: 'warning',
    summary: 'A TXT record of an earlier challenge is left over. CAs reject responses that grow too large.',
    advice: 'Remove the record.',
  },
  'clock-wrong': {
    group: 'clock',
    severity: 'warning',
    summary: 'The clock of this machine differs from that of the CA by more than a minute.',
    advice:
      'Synchronize the clock with NTP. A wrong clock makes certificates look invalid and renewals late.',
  },
  'ca-unreachable': {
    group: 'clock',
    severity: 'critical',
    summary: 'The directory of the CA cannot be reached from this machine.',
    advice: 'Allow outgoing HTTPS to the CA, and check the directory URL.',
  },
  'ca-limit': {
    group: 'ca',
    severity: 'warning',
    summary: 'The order would exceed a rate limit of the CA.',
    advice: 'Wait until the time that the finding names, or remove names that need no new certificate.',
  },
  'ca-no-wildcards': {
    group: 'ca',
    severity: 'critical',
    summary: 'The CA issues no wildcard certificates.',
    advice: 'Select another CA, or list the names instead of the wildcard.',
    blocks: true,
  },
  'ca-too-many-names': {
    group: 'ca',
    severity: 'critical',
    summary: 'The CA does not accept so many names in one certificate.',
    advice: 'Split the names over several certificates, or select another CA.',
    blocks: true,
  },
  'ca-no-ip-addresses': {
    group: 'ca',
    severity: 'critical',
    summary: 'The CA issues no certificates for IP addresses with these settings.',
    advice: "Select a CA that does. At Let's Encrypt, select the profile shortlived.",
    blocks: true,
  },
  'ca-no-private-names': {
    group: 'ca',
    severity: 'critical',
    summary: 'The name or address is not public, and a public CA issues only for public ones.',
    advice: 'Use a name below a registered domain, or a private CA.',
    blocks: true,
  },
  'ca-method-not-offered': {
    group: 'ca',
    severity: 'critical',
    summary: 'The CA does not offer the validation method, or not for this kind of name.',
    advice:
      'Select another validation method. Wildcards need DNS-01; IP addresses need HTTP-01 or TLS-ALPN-01.',
    blocks: true,
  },
  'ca-untrusted-chain': {
    group: 'ca',
    severity: 'warning',
    summary: "The preferred chain of the last request ends at a root that is not in Mozilla's root store.",
    advice: 'Request the certificate without a preferred chain: the default chain of the CA is trusted.',
  },
  'ca-no-client-auth': {
    group: 'ca',
    severity: 'warning',
    summary:
      'A deployment or endpoint of the project may present the certificate as a client, and public CAs issue certificates for servers only.',
    advice: 'Use a certificate of a private CA for connections as a client.',
  },
  'not-checked': {
    group: 'doctor',
    severity: 'unknown',
    summary:
      'Something could not be checked, because an answer did not arrive in time or a connection is not allowed.',
    advice: 'Check again. If it happens again, check the network of this machine.',
  },
} as const satisfies Record<string, DoctorEntry>;
export type DoctorCode = keyof typeof DOCTOR_FINDINGS;

export const DOCTOR_CODES = Object.keys(DOCTOR_FINDINGS) as readonly DoctorCode[];

export interface DoctorFinding {
  readonly code: DoctorCode;
  readonly severity: FindingSeverity;
  /** The name that it concerns; null for all names. */
  readonly name: string | null;
  /** One sentence with names and values. */
  readonly message: string;
  /** What to paste; all of it is needed, except alternatives. Empty if nothing can be pasted. */
  readonly fixes: readonly DoctorFix[];
  /** Whether the CA must refuse an order because of it. */
  readonly blocks: boolean;
}

/** What one address answers. */
export interface DoctorPort {
  readonly address: string;
  readonly port: number;
  /** Such as `answers`, `refused`, `timeout`. */
  readonly state: string;
  /** Who answers: the Server header of HTTP, or the certificate's name. */
  readonly who: string | null;
}

/** What the doctor saw of one name, apart from its findings. */
export interface DoctorName {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly ports: readonly DoctorPort[];
  /** The CAA records that apply, as in a zone file. */
  readonly caa: readonly string[];
  readonly dnssec: 'secure' | 'unsigned' | 'bogus' | 'not-validated' | 'unknown';
  readonly zone: string | null;
  readonly nameServers: readonly string[];
}

export interface DoctorReport {
  readonly ca: string;
  readonly challenge: string;
  /** The most important first. */
  readonly findings: readonly DoctorFinding[];
  readonly names: readonly DoctorName[];
}
