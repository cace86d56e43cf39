// The interface of a DNS provider. It deals only with records, not with ACME: dns-01.ts and its helpers find the zone,
// compute the TXT value, follow CNAMEs, wait for propagation and serialize writers for all providers.
import type { Json } from '../../core/model.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import type { DnsHttp } from './http.ts';
import type { Sleep } from './retry.ts';

export interface DnsZone {
  /** The provider's id of the zone, or its name if the provider has no ids. */
  readonly id: string;
  /** Normalized by readAnsweredName: lower-case A-labels, no trailing dot. */
  readonly name: string;
  /**
   * The zone's name servers at the provider, normalized by readAnsweredName, if the provider returns them. If an account
   * has a zone twice (Route 53 allows it), they show to which one DNS delegates.
   */
  readonly nameServers?: readonly string[];
}

export interface TxtRecord {
  readonly zone: DnsZone;
  /** The full name, lower case, no trailing dot: `_acme-challenge.www.example.com`. */
  readonly name: string;
  /** The value as a resolver returns it, without the quotes of the presentation format. */
  readonly value: string;
}

/** The data that `removeTxt` needs: JSON without secrets, stored with the order so that clean-up survives a restart. */
export type RecordRef = Json;

/** One DNS account. */
export interface DnsProvider {
  /**
   * Lists every public zone of the account. Absent if the provider cannot list zones; then the zone is the one found by
   * its SOA record, and its `id` is its name.
   */
  listZones?(signal: AbortSignal): Promise<readonly DnsZone[]>;
  /**
   * Looks up the account's zones that may contain the name, by their names. Present if credentials may have access to a
   * zone but not to the list of zones. Called if listZones is rejected.
   */
  zonesAround?(name: string, signal: AbortSignal): Promise<readonly DnsZone[]>;
  /**
   * Adds the value without replacing other values of the name (a wildcard and its apex need two at once, and the user may
   * have others). Also resolves if the value is already there, so that it can be called again after a crash.
   */
  addTxt(record: TxtRecord, signal: AbortSignal): Promise<RecordRef>;
  /** Removes only the value that addTxt added; succeeds if it is already gone. */
  removeTxt(ref: RecordRef, signal: AbortSignal): Promise<void>;
  /**
   * Computes the ref that addTxt would return, without a call to the provider. Present if removeTxt needs only the record
   * itself. After a crash before the ref was stored, clean-up uses it; otherwise it must call addTxt again to get the ref.
   */
  refFor?(record: TxtRecord): RecordRef;
  /**
   * Set if the provider finds the zone itself or needs none (acme-dns, an acme.sh script, manual DNS). Then it is not an
   * error if DNS does not show the zone, and `zone` of the record is a guess.
   */
  readonly zoneOptional?: boolean;
  /**
   * Set if the user creates the record: addTxt and removeTxt do nothing, and dns-01.ts tells the user what to create and
   * remove, and waits until the record exists or the user confirms it.
   */
  readonly manual?: boolean;
  /**
   * Set if the results of addTxt and removeTxt are unreliable (acme.sh scripts): dns-01.ts then checks the name servers,
   * even if they report a failure. Such a provider must have refFor.
   */
  readonly unsure?: boolean;
  /** Set if values cannot be removed and later values replace them (acme-dns). */
  readonly keepsValues?: boolean;
  /** A recommendation about working credentials, shown by the credential test. */
  readonly advice?: string;
  /** The record name for the credential test. Default: `_certdesk-test.<zone>`. */
  readonly testName?: string;
}

/** A field of a provider's credentials. It defines the GUI's form, the request schema, redaction and docs. */
export interface CredentialField {
  readonly name: string;
  readonly label: string;
  /** Secret values are masked in the form and redacted in every error and log line. */
  readonly secret: boolean;
  readonly required: boolean;
  /** `json`: an object (Google's service-account file); `lines`: KEY=value lines, as an object of strings. */
  readonly type: 'text' | 'choice' | 'json' | 'lines';
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly help?: string;
  /** Set if the value determines the server to connect to. */
  readonly address?: true;
  /** The required field that all fields with this value replace together: an alternative form of the credentials. */
  readonly alternativeTo?: string;
}

export interface ProviderTools {
  /** Time-outs, retries on 429 and 5xx, JSON, redaction of this provider's secrets. */
  readonly http: DnsHttp;
  /** Replaces the provider's API URL (`--dns-endpoint PROVIDER=URL`, see baseUrl()); null: the provider's own. */
  readonly endpoint: string | null;
  /** For connections that do not use `http`. */
  readonly addressPolicy: AddressPolicy;
  readonly origin: AddressOrigin;
  /** The absolute path of the acme.sh folder (`--acme-sh-folder`); null: acme.sh scripts are disabled. */
  readonly acmeShFolder: string | null;
  readonly clock: Clock;
  /** Redacts the secrets of this provider. */
  readonly log: Log;
  /** Milliseconds for one call that does not use `http`; the provider's own default if omitted. */
  readonly timeoutMs?: number;
  /** For providers that wait for their changes to take effect. */
  readonly sleep: Sleep;
}

/** The steps of a credential test, in order. */
export type TestStep = 'list' | 'add' | 'remove';

export interface DnsProviderDefinition {
  /** The value of `dnsProvider` in the API. */
  readonly id: string;
  readonly name: string;
  /** The provider's page about its credentials. */
  readonly docs: string;
  /** The least permissions that the credentials need, as text for users. */
  readonly permissions: string;
  /** The provider's name for the permission that each test step needs; absent if it has no separate permissions. */
  readonly needs?: Readonly<Record<TestStep, string>>;
  readonly credentials: readonly CredentialField[];
  /** Fields of earlier versions, which saved values may still contain. They are ignored. */
  readonly retired?: readonly string[];
  /** Time-out and poll interval for propagation.ts, in seconds. */
  readonly propagation: { readonly timeout: number; readonly interval: number };
  /** @param credentials Already validated by the registry. */
  create(credentials: Readonly<Record<string, Json>>, tools: ProviderTools): DnsProvider;
}

/** Only checks types, so that a provider's module reads like a declaration. */
export function defineDnsProvider(definition: DnsProviderDefinition): DnsProviderDefinition {
  return definition;
}
