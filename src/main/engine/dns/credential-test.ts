// Proves that the credentials of a DNS account suffice: writes a TXT record in a zone and removes it again.
import { randomBytes } from 'node:crypto';
import { CertdeskError } from '../errors.ts';
import type { DnsProvider, DnsProviderDefinition, DnsZone, TxtRecord } from './provider.ts';

export interface CredentialTest {
  readonly provider: DnsProvider;
  readonly definition: Pick<DnsProviderDefinition, 'name' | 'permissions'>;
  /** The zone to write in; where left out, the first one that the account lists. */
  readonly zone?: string;
  readonly signal: AbortSignal;
}

export interface CredentialTestResult {
  /** The zone that was written in; null where nothing had to be written. */
  readonly zone: string | null;
  /** The record that was written and removed. */
  readonly record: string | null;
  /** How many zones the account lists; null where the provider cannot list them. */
  readonly zones: number | null;
  /** For a person. */
  readonly message: string;
}

type TestStep = 'list' | 'add' | 'remove';

const FAILED: Readonly<Record<TestStep, string>> = {
  list: 'The zones of the account could not be listed',
  add: 'The zones are there, but a TXT record could not be written',
  remove: 'A TXT record could be written, but not removed again',
};

/**
 * @throws The provider's failure with its code; the message says which step failed and what permission the
 * credentials need, `details.step` is `list`, `add` or `remove`. DNS_ZONE_NOT_FOUND where the zone is not in the
 * account, INVALID_REQUEST where a zone has to be named and is not.
 */
export async function testDnsCredential(test: CredentialTest): Promise<CredentialTestResult> {
  const { provider, signal } = test;
  if (provider.byHand) {
    const message = 'There is nothing to test: a person writes the records.';
    return { zone: null, record: null, zones: null, message };
  }
  const list = provider.listZones?.bind(provider);
  const zones = list === undefined ? null : await step(test, 'list', null, () => list(signal));
  const zone = chooseZone(test, zones);
  const name = provider.testName ?? `_certdesk-test.${zone.name}`;
  // As long as a challenge's value is: acme-dns takes no other.
  const record: TxtRecord = { zone, name, value: randomBytes(32).toString('base64url') };
  const ref = await step(test, 'add', name, () => provider.addTxt(record, signal));
  await step(test, 'remove', name, () => provider.removeTxt(ref, signal));
  const message = `The credentials work: the TXT record ${name} was written and removed.`;
  return { zone: zone.name, record: name, zones: zones?.length ?? null, message };
}

function chooseZone({ provider, zone }: CredentialTest, zones: readonly DnsZone[] | null): DnsZone {
  const wanted = zone?.toLowerCase().replace(/\.$/, '');
  if (zones === null) {
    const name = wanted ?? provider.testName;
    if (name !== undefined) return { id: name, name };
    const message = 'This provider cannot list its zones: name the zone to test in.';
    throw new CertdeskError('INVALID_REQUEST', message, { field: 'zone' });
  }
  const found = wanted === undefined ? zones[0] : zones.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new CertdeskError(
    'DNS_ZONE_NOT_FOUND',
    wanted === undefined
      ? 'The credentials are taken, but the account shows them no zone. Give them access to one.'
      : `The credentials are taken, but the account shows them no zone ${wanted}. Give them access to it.`,
    { step: 'list', zone: wanted ?? null, accountZones: zones.slice(0, 20).map(({ name }) => name) },
  );
}

async function step<T>(
  test: CredentialTest,
  name: TestStep,
  record: string | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    test.signal.throwIfAborted();
    if (!(error instanceof CertdeskError)) throw error;
    const { name: providerName, permissions } = test.definition;
    // Out of reach or failing says nothing about permissions.
    const needed = error.entry.retryable ? '' : ` What ${providerName} credentials need: ${permissions}`;
    const left = name === 'remove' ? ` Remove ${record} yourself.` : '';
    const details = { step: name, record, cause: error.details ?? null };
    const message = `${FAILED[name]}. ${error.message}${needed}${left}`;
    throw new CertdeskError(error.code, message, details, { cause: error });
  }
}
