// The facts that the doctor gathers, and from which findings.ts derives what is wrong. All are plain data.
import type { Fetched, NotAsked } from '../challenges/reachability/fetch.ts';
import type { CaaRecord } from './caa.ts';

/** Something that was looked up, or why it could not be, as a part of a sentence. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: string };

export const known = <T>(value: T): Fact<T> => ({ known: true, value });
export const unknown = (reason: string): Fact<never> => ({ known: false, reason });

export const VALIDATION_METHODS = ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01'] as const;
export type ValidationMethod = (typeof VALIDATION_METHODS)[number];

/** What is going to be ordered. */
export interface DoctorOrder {
  /** Lower-case A-labels, `*.example.com`, or IP addresses. */
  readonly names: readonly string[];
  readonly challenge: ValidationMethod;
  readonly ca: CaFacts;
  /** The ACME account's URL; null: a new account will be registered; undefined: it is not known. */
  readonly accountUrl: string | null | undefined;
  /** Keys of CLIENT_USES (shared/client-auth.ts) that nobody acknowledged. Default: none. */
  readonly clientUses?: readonly string[];
  /** The preferred chain, if it ends at a root that is not in Mozilla's root store. Default: none. */
  readonly unknownRoot?: string | null;
}

export interface CaFacts {
  /** For sentences: `Let's Encrypt`. */
  readonly name: string;
  readonly directoryUrl: string;
  /** Whether it obeys CAA, DNSSEC and the rules for public names. */
  readonly isPublic: boolean;
  /** Its domains in CAA records (RFC 8659 section 4.2); empty if not known. */
  readonly caaDomains: readonly string[];
  readonly capability: CaCapability;
}

/** What a CA can issue; null if that is not known. */
export interface CaCapability {
  readonly wildcards: boolean | null;
  readonly maxNames: number | null;
  readonly ipAddresses: boolean | null;
  readonly methods: readonly string[] | null;
}

export interface NameFacts {
  readonly name: string;
  /** A name without addresses has an empty list. */
  readonly addresses: Fact<readonly string[]>;
  readonly ports: readonly PortFacts[];
  readonly caa: Fact<CaaFacts>;
  readonly dnssec: Fact<DnssecFacts>;
  readonly delegation: Fact<DelegationFacts>;
  readonly challenge: Fact<ChallengeFacts>;
}

export type PortFacts =
  | {
      readonly port: 80;
      readonly address: string;
      readonly fetched: Fetched | NotAsked;
      /** The text that Certdesk serves at the requested path; null if no Certdesk serves one. */
      readonly expected: string | null;
    }
  | { readonly port: 443; readonly address: string; readonly tls: TlsFacts };

/** `reason`: Node's error code. `subject`: the name in the certificate. */
export type TlsFacts =
  | { readonly kind: 'answers'; readonly subject: string | null }
  | { readonly kind: 'refused' | 'timeout' | 'unreachable' | 'not-tls'; readonly reason: string }
  | { readonly kind: 'not-asked' };

/** The relevant RRset of RFC 8659 section 3. */
export interface CaaFacts {
  /** Where the climb ended; null if no name has CAA records. */
  readonly owner: string | null;
  readonly records: readonly CaaRecord[];
  /** The name whose lookup failed, with the response; null if none did. */
  readonly failed: { readonly name: string; readonly answer: string } | null;
}

export interface DnssecFacts {
  readonly state: 'secure' | 'unsigned' | 'bogus' | 'not-validated';
  /** HOST:PORT of the resolver that found it bogus. */
  readonly resolver: string | null;
  /** The signatures of a bogus zone that have expired, the first of them; null if none has, or they cannot be read. */
  readonly expired: { readonly zone: string; readonly since: Date } | null;
  /** The owner and the DS records at the parent, as in a zone file. */
  readonly ds: readonly { readonly owner: string; readonly value: string }[];
}

export interface DelegationFacts {
  /** Null if no name has an SOA record. */
  readonly zone: string | null;
  readonly servers: readonly ServerFacts[];
  /** The NS hosts in the parent's delegation; null if the parent's servers serve the zone too, or did not say. */
  readonly parent: readonly string[] | null;
  /** The NS hosts that the zone itself lists. */
  readonly child: readonly string[];
}

export interface ServerFacts {
  readonly host: string;
  readonly addresses: readonly {
    readonly address: string;
    /** `lame`: it answered, but not with authority. `not-asked`: private, or no route from this machine. */
    readonly state: 'ok' | 'lame' | 'silent' | 'not-asked';
    readonly answer: string;
  }[];
}

export interface ChallengeFacts {
  /** `_acme-challenge.NAME` */
  readonly challenge: string;
  /** Where its record is; equal to `challenge` without a CNAME. */
  readonly record: string;
  readonly zone: string | null;
  /** Why the CNAME leads nowhere, as a sentence; null if it does not, or there is none. */
  readonly broken: string | null;
  /** TXT values that look like those of ACME challenges. */
  readonly left: readonly string[];
}

export interface DoctorFacts {
  readonly order: DoctorOrder;
  readonly names: readonly NameFacts[];
  /** The CA's time minus this machine's, in milliseconds. Unknown: the directory is unreachable. */
  readonly clock: Fact<{ readonly offsetMs: number }> | null;
  /** The limit that the order would exceed, as a sentence; null if none, or not known. */
  readonly limit: { readonly why: string; readonly until: string } | null;
}
