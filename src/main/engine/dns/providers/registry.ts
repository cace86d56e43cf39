// The registry of DNS providers: describes them for forms and docs, and creates a provider from its credentials. A
// provider's module is loaded on demand, its SDK on first use.
import { CertdeskError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import { checkCredentials, type DnsCredentials, secretValues } from '../credentials/values.ts';
import { requireAcmeShFolder } from './acme-sh/find-folder.ts';
import { createDnsHttp } from './http.ts';
import type { DnsProvider, DnsProviderDefinition } from './provider.ts';
import { createRedactor } from './redact.ts';
import { type Sleep, sleep } from './retry.ts';

/** In display order. The key is the definition's `id`. */
const PROVIDERS: ReadonlyMap<string, () => Promise<DnsProviderDefinition>> = new Map([
  ['cloudflare', async () => (await import('./cloudflare.ts')).cloudflare],
  ['aws', async () => (await import('./route53/route53.ts')).route53],
  ['digitalocean', async () => (await import('./digitalocean.ts')).digitalocean],
  ['godaddy', async () => (await import('./godaddy.ts')).godaddy],
  ['google', async () => (await import('./google/google.ts')).google],
  ['rfc2136', async () => (await import('./rfc2136/rfc2136.ts')).rfc2136],
  ['acmedns', async () => (await import('./acmedns.ts')).acmedns],
  ['acme-sh', async () => (await import('./acme-sh/acme-sh.ts')).acmeSh],
  ['manual', async () => (await import('./manual.ts')).manual],
]);

const ACME_SH = 'acme-sh';

export type DnsProviderInfo = Omit<DnsProviderDefinition, 'create' | 'retired'>;

export interface DnsProviderOptions {
  /** Replaces the provider's API URL; null: the provider's own. */
  readonly endpoint: string | null;
  /** The acme.sh folder; null: acme.sh scripts are disabled. */
  readonly acmeShFolder: string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly addressPolicy: AddressPolicy;
  /** Who saved the credentials, which may contain a server's address. An `endpoint` comes from the administrator. */
  readonly origin: AddressOrigin;
  readonly sleep?: Sleep;
  /** Milliseconds for one call; the provider's own default if omitted. */
  readonly timeoutMs?: number;
}

/**
 * Describes all providers and their credentials, in display order.
 * @param acmeShFolder Null: acme.sh scripts are disabled and not listed.
 */
export async function listDnsProviders(acmeShFolder: string | null): Promise<readonly DnsProviderInfo[]> {
  const definitions = await Promise.all([...PROVIDERS.values()].map((load) => load()));
  return definitions
    .filter(({ id }) => id !== ACME_SH || acmeShFolder !== null)
    .map(({ create: _, retired: __, ...info }) => info);
}

/** @throws UNSUPPORTED_DNS_PROVIDER if it is acme.sh and its scripts are disabled */
export function assertAvailable(id: string, acmeShFolder: string | null): void {
  if (id === ACME_SH) requireAcmeShFolder(acmeShFolder);
}

/** @throws UNSUPPORTED_DNS_PROVIDER, with the supported ids */
export async function getDnsProvider(id: string): Promise<DnsProviderDefinition> {
  const load = PROVIDERS.get(id);
  if (load !== undefined) return load();
  const supported = [...PROVIDERS.keys()];
  throw new CertdeskError(
    'UNSUPPORTED_DNS_PROVIDER',
    `Unknown DNS provider. Use one of ${supported.join(', ')}.`,
    { field: 'dnsProvider', supported },
  );
}

/**
 * Validates and trims credentials and fills in defaults, without a call to the provider.
 * @throws UNSUPPORTED_DNS_PROVIDER, INVALID_REQUEST (names the field, never its value).
 */
export async function checkDnsCredentials(id: string, credentials: DnsCredentials): Promise<DnsCredentials> {
  return checkCredentials(await getDnsProvider(id), credentials);
}

/**
 * Creates a provider for one account. Its errors and log lines contain no secret of the credentials.
 * @throws UNSUPPORTED_DNS_PROVIDER, INVALID_REQUEST (names the field, never its value).
 */
export async function createDnsProvider(
  id: string,
  credentials: DnsCredentials,
  options: DnsProviderOptions,
): Promise<DnsProvider> {
  const definition = await getDnsProvider(id);
  const { retired = [] } = definition;
  const current = Object.entries(credentials).filter(([field]) => !retired.includes(field));
  const checked = checkCredentials(definition, Object.fromEntries(current));
  const redactor = createRedactor(secretValues(definition, checked));
  const common = { clock: options.clock, log: redactor.log(options.log), sleep: options.sleep ?? sleep };
  const { timeoutMs, addressPolicy } = options;
  const guard = { addressPolicy, origin: options.endpoint === null ? options.origin : ('named' as const) };
  const within = timeoutMs === undefined ? {} : { timeoutMs };
  const http = createDnsHttp({ ...common, ...within, ...guard, provider: definition, redactor });
  const { endpoint, acmeShFolder } = options;
  return definition.create(checked, { ...common, ...within, ...guard, http, endpoint, acmeShFolder });
}
