// The contract of a DNS provider, at the level of records: it knows nothing of ACME. Zone search, the TXT value,
// CNAME following, propagation and serialising of writers live once in dns-01.ts and its helpers.
import type { Json } from '../../core/model.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import type { DnsHttp } from './http.ts';
import type { Sleep } from './retry.ts';

export interface DnsZone {
  /** The provider's own id of the zone; its name where the provider has no ids. */
  readonly id: string;
  /** By readAnsweredName: lower-case A-labels, no trailing dot. */
  readonly name: string;
  /**
   * The hosts that the provider serves it from, by readAnsweredName; absent where the provider does not say.
   * Where an account holds a zone twice (Route 53 allows it), the one that the world is sent to is chosen by them.
   */
  readonly nameServers?: readonly string[];
}

export interface TxtRecord {
  readonly zone: DnsZone;
  /** The whole name, lower case, no trailing dot: `_acme-challenge.www.example.com`. */
  readonly name: string;
  /** The value as a resolver shows it, without the quotes of the presentation format. */
  readonly value: string;
}

/** Whatever `removeTxt` needs. JSON without secrets: it is stored with the order, so clean-up survives a restart. */
export type RecordRef = Json;

/** One DNS account. */
export interface DnsProvider {
  /**
   * Every public zone of the account, all pages; absent where the provider cannot list them (then the zone is the
   * one that the SOA walk finds, its `id` its name).
   */
  listZones?(signal: AbortSignal): Promise<readonly DnsZone[]>;
  /**
   * The account's zones that the name is, or is in, asked for by their names: present where credentials may be allowed
   * to see a zone and not to list all of them. Called where listZones is refused.
   */
  zonesAround?(name: string, signal: AbortSignal): Promise<readonly DnsZone[]>;
  /**
   * Adds the value beside any others of that name; never replaces them (a wildcard and its apex need two at once,
   * and a person may keep one there too). Resolves with a ref also where the very value is there already, so that
   * it can be called again after a crash.
   */
  addTxt(record: TxtRecord, signal: AbortSignal): Promise<RecordRef>;
  /** Removes only the value that addTxt added; succeeds if it is already gone. */
  removeTxt(ref: RecordRef, signal: AbortSignal): Promise<void>;
  /**
   * The ref that addTxt would resolve with, made without asking anybody; present where the record itself says all
   * that removeTxt needs. After a crash between writing and noting it, clean-up then removes by value; without it,
   * clean-up has to call addTxt once more to learn the ref.
   */
  refFor?(record: TxtRecord): RecordRef;
  /**
   * Set where the provider finds the zone itself or needs none (acme-dns, an acme.sh script, a person): a zone that
   * DNS does not show is then no failure, and `zone` of the record is a guess.
   */
  readonly zoneOptional?: boolean;
  /**
   * Set where a person writes the record: addTxt and removeTxt do nothing, dns-01.ts shows what to write and to
   * remove, and waits until it is there or the person says so.
   */
  readonly byHand?: boolean;
  /**
   * Set where addTxt and removeTxt cannot tell whether they worked (acme.sh's scripts): dns-01.ts looks at the name
   * servers, also before it takes their failure for one. Such a provider has refFor.
   */
  readonly unsure?: boolean;
  /** Set where nothing can remove a value, and the next ones take its place (acme-dns). */
  readonly keepsValues?: boolean;
  /** What should be changed about credentials that work; shown by a test of them. */
  readonly advice?: string;
  /** The name that a test of the credentials writes, where it is not `_certdesk-test.<zone>` (acme-dns). */
  readonly testName?: string;
}

/** One field of a provider's credentials: the GUI's form, the request schema, redaction and docs come from it. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  /** Secret ones are masked in the form and wiped from every error and log line. */
  readonly secret: boolean;
  readonly required: boolean;
  /** `json`: an object (Google's service-account file); `lines`: KEY=value lines, as an object of strings. */
  readonly type: 'text' | 'choice' | 'json' | 'lines';
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly help?: string;
  /** Set where the value says which server is connected to. */
  readonly address?: true;
  /** The required field that all fields with this value stand in for: a second form of the credentials. */
  readonly alternativeTo?: string;
}

export interface ProviderTools {
  /** Time-outs, retries on 429 and 5xx, JSON, redaction of this provider's secrets. */
  readonly http: DnsHttp;
  /** Takes the place of the provider's own API address (`--dns-endpoint PROVIDER=URL`); null for its own. See baseUrl(). */
  readonly endpoint: string | null;
  /** For a server that is not asked through `http`. */
  readonly addressPolicy: AddressPolicy;
  readonly origin: AddressOrigin;
  /** Where acme.sh is (`--acme-sh-folder`), an absolute path; null: its scripts are off. */
  readonly acmeShFolder: string | null;
  readonly clock: Clock;
  /** Redacted: no secret of this provider gets through. */
  readonly log: Log;
  /** Milliseconds for one call that does not go through `http`; the provider's own where left out. */
  readonly timeoutMs?: number;
  /** For a provider whose changes are waited for. */
  readonly sleep: Sleep;
}

/** What a test of credentials does, one after the other. */
export type TestStep = 'list' | 'add' | 'remove';

export interface DnsProviderDefinition {
  /** What `dnsProvider` names in the API. */
  readonly id: string;
  readonly name: string;
  /** The provider's own page about its credentials. */
  readonly docs: string;
  /** The least permissions that the credentials need, in a sentence. */
  readonly permissions: string;
  /** The permission that each step of a test needs, as the provider calls it; absent where it has no such parts. */
  readonly needs?: Readonly<Record<TestStep, string>>;
  readonly credentials: readonly CredentialField[];
  /** Fields of former versions: saved values may hold them, and they are ignored. */
  readonly retired?: readonly string[];
  /** How long and how often propagation.ts asks; seconds. */
  readonly propagation: { readonly timeout: number; readonly interval: number };
  /** @param credentials Checked against `credentials` by the registry before. */
  create(credentials: Readonly<Record<string, Json>>, tools: ProviderTools): DnsProvider;
}

/** Types and nothing else: a provider's file reads as a declaration. */
export function defineDnsProvider(definition: DnsProviderDefinition): DnsProviderDefinition {
  return definition;
}
