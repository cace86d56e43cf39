// The registry of DNS providers: their fields for forms and docs, and one of them made from its credentials. A
// provider's file is loaded when it is asked for, its SDK when it is used.
import { CertdeskError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { AddressOrigin, AddressPolicy } from '../../outgoing/address-policy.ts';
import { checkCredentials, type DnsCredentials, secretValues } from '../credentials/values.ts';
import { requireAcmeShFolder } from './acme-sh/find-folder.ts';
import { createDnsHttp } from './http.ts';
import type { DnsProvider, DnsProviderDefinition } from './provider.ts';
import { createRedactor } from './redact.ts';
import { type Sleep, sleep } from './retry.ts';

/** In the order in which they are offered. The key is the definition's `id`. */
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
  /** Takes the place of the provider's own API address; null for its own. */
  readonly endpoint: string | null;
  /** Where acme.sh is; null: its scripts are off. */
  readonly acmeShFolder: string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly addressPolicy: AddressPolicy;
  /** Who saved the credentials, which may hold the address of a server. An `endpoint` is the administrator's. */
  readonly origin: AddressOrigin;
  readonly sleep?: Sleep;
  /** Of one call; the provider's own where left out. Milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * What every provider is and which credentials it wants, in the order in which they are offered.
 * @param acmeShFolder Null: acme.sh scripts are off, and not offered.
 */
export async function listDnsProviders(acmeShFolder: string | null): Promise<readonly DnsProviderInfo[]> {
  const definitions = await Promise.all([...PROVIDERS.values()].map((load) => load()));
  return definitions
    .filter(({ id }) => id !== ACME_SH || acmeShFolder !== null)
    .map(({ create: _, retired: __, ...info }) => info);
}

/** @throws UNSUPPORTED_DNS_PROVIDER for acme.sh scripts that are off. */
export function assertAvailable(id: string, acmeShFolder: string | null): void {
  if (id === ACME_SH) requireAcmeShFolder(acmeShFolder);
}

/** @throws UNSUPPORTED_DNS_PROVIDER, with the ids that there are. */
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
 * The credentials as they are kept: checked, trimmed, defaults filled in. Asks the provider nothing.
 * @throws UNSUPPORTED_DNS_PROVIDER, INVALID_REQUEST (names the field, never its value).
 */
export async function checkDnsCredentials(id: string, credentials: DnsCredentials): Promise<DnsCredentials> {
  return checkCredentials(await getDnsProvider(id), credentials);
}

/**
 * One account at a provider. No secret of its credentials is in any error or log line of it.
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
