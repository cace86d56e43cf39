// Tests the credentials of a DNS account by creating and removing a TXT record.

import { randomBytes } from 'node:crypto';
import { CertdeskError } from '../../core/errors.ts';
import { invalid } from '../../core/invalid.ts';
import { readAnsweredName } from '../providers/answered-name.ts';
import type {
  DnsProvider,
  DnsProviderDefinition,
  DnsZone,
  TestStep,
  TxtRecord,
} from '../providers/provider.ts';
import { createAccountZones } from './account-zones.ts';

export interface CredentialTest {
  readonly provider: DnsProvider;
  readonly definition: Pick<DnsProviderDefinition, 'name' | 'permissions' | 'needs'>;
  /** The zone for the test record. Default: the first zone of the account. */
  readonly zone?: string;
  readonly signal: AbortSignal;
}

export interface CredentialTestResult {
  /** The zone of the test record; null if the provider needs no test record. */
  readonly zone: string | null;
  /** The test record, which was created and removed. */
  readonly record: string | null;
  /** The number of zones in the account; null if the provider cannot list them. */
  readonly zones: number | null;
  /** For users. */
  readonly message: string;
}

const FAILED: Readonly<Record<TestStep, string>> = {
  list: 'The zones of the account could not be listed',
  add: 'A TXT record could not be created',
  remove: 'A TXT record was created, but could not be removed',
};

/** Used only if the provider has listed the zones. */
const ADD_FAILED_AFTER_LIST = 'The account has the zones, but a TXT record could not be created';

/**
 * Creates and removes a TXT record.
 * @throws the provider's error; its message names the failed step, the missing permission and all permissions that the
 * credentials need; `details.step` is `list`, `add` or `remove`, `details.lacking` the permission if the provider names
 * it. DNS_ZONE_NOT_FOUND if the account does not contain the zone; INVALID_REQUEST if a zone is required
 */
export async function testDnsCredential(test: CredentialTest): Promise<CredentialTestResult> {
  const { provider, signal } = test;
  if (provider.manual) {
    const message = 'There is nothing to test: you create the records yourself.';
    return { zone: null, record: null, zones: null, message };
  }
  const wanted = test.zone === undefined ? undefined : readAnsweredName(test.zone);
  const zones = await step(test, 'list', null, () => zonesFor(provider, wanted, signal));
  const zone = chooseZone(test, zones, wanted);
  const name = provider.testName ?? `_certdesk-test.${zone.name}`;
  // The length of a challenge's value, because acme-dns accepts no other.
  const record: TxtRecord = { zone, name, value: randomBytes(32).toString('base64url') };
  const ref = await step(test, 'add', name, () => provider.addTxt(record, signal));
  await step(test, 'remove', name, () => provider.removeTxt(ref, signal));
  const advice = provider.advice === undefined ? '' : ` ${provider.advice}`;
  const done = provider.keepsValues ? 'was written. The next values replace it.' : 'created and removed.';
  const message = `Credentials verified: TXT record ${name} ${done}${advice}`;
  return { zone: zone.name, record: name, zones: zones?.length ?? null, message };
}

async function zonesFor(
  provider: DnsProvider,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<readonly DnsZone[] | null> {
  if (wanted !== undefined) return createAccountZones(provider).around(wanted, signal);
  return (await provider.listZones?.(signal)) ?? null;
}

function chooseZone(
  { provider }: CredentialTest,
  zones: readonly DnsZone[] | null,
  wanted: string | undefined,
): DnsZone {
  if (zones === null) {
    const name = wanted ?? provider.testName;
    if (name !== undefined) return { id: name, name };
    const message = 'This provider cannot list its zones. Enter the zone to test in.';
    throw invalid('zone', message, message);
  }
  const found = wanted === undefined ? zones[0] : zones.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new CertdeskError(
    'DNS_ZONE_NOT_FOUND',
    wanted === undefined
      ? 'The provider accepts the credentials, but they have access to no zone. Give them access to one.'
      : `The provider accepts the credentials, but they have no access to the zone ${wanted}. Give them access to it.`,
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
    const { name: providerName, permissions, needs } = test.definition;
    const lacking = error.code === 'DNS_CREDENTIALS_REJECTED' ? needs?.[name] : undefined;
    // Permissions do not matter if the provider is unavailable.
    const needed = error.entry.retryable ? '' : ` ${providerName} requires: ${permissions}`;
    const left = name === 'remove' ? ` Remove ${record} yourself.` : '';
    const details = { step: name, record, lacking: lacking ?? null, cause: error.details ?? null };
    const listed = name === 'add' && test.provider.listZones !== undefined;
    const failed = listed ? ADD_FAILED_AFTER_LIST : FAILED[name];
    const message = `${failed}. ${error.message}${describeLacking(name, lacking)}${needed}${left}`;
    throw error.reword(message, details);
  }
}

/** If the first call is rejected, the credentials themselves may be wrong; if a later one is, only a permission is missing. */
function describeLacking(step: TestStep, permission: string | undefined): string {
  if (permission === undefined) return '';
  const where =
    step === 'list' ? ' If the credentials are correct, this permission is' : ' This permission is';
  return `${where} missing: ${permission}.`;
}
