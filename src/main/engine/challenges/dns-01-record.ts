// Creates and removes the TXT record of one challenge. Writers to one name take turns, including the clean-up after a
// killed process. If the provider cannot report what it did, the name servers are queried.

import type { KeyedMutex } from '../core/keyed-mutex.ts';
import { serversShowing } from '../dns/lookup/record-check.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import type { DnsProvider, RecordRef } from '../dns/providers/provider.ts';
import { type Dns01Ref, describeRef, toTxtRecord } from './dns-01-ref.ts';
import type { SolverContext } from './solver.ts';

export interface RecordDeps {
  /** The provider's id, as in events and in the stored order. */
  readonly providerId: string;
  readonly provider: DnsProvider;
  readonly resolver: DnsResolver;
  /** One per process, so that writers to one name take turns across jobs. */
  readonly locks: KeyedMutex;
}

/** Creates the record. Rejects with the provider's error. */
export async function addRecord(deps: RecordDeps, ref: Dns01Ref, context: SolverContext): Promise<RecordRef> {
  const { signal } = context;
  const record = await withNameLock(deps, ref, signal, () => add(deps, ref, signal));
  const text = deps.provider.manual
    ? `Create the TXT record ${ref.name} with the value ${ref.value} and keep existing values of the name`
    : `Created the TXT record ${ref.name} in the zone ${ref.zone.name}`;
  context.report('challenge', text, { ...describeRef(ref), action: 'add' });
  return record;
}

/** Removes the record. Rejects with the provider's error, unless no name server still returns the record. */
export async function removeRecord(deps: RecordDeps, ref: Dns01Ref, context: SolverContext): Promise<void> {
  const { provider, resolver } = deps;
  const { signal } = context;
  const failure = await withNameLock(deps, ref, signal, () => tryRemove(provider, ref, signal));
  const still = provider.unsure ? await serversShowing(resolver, ref, signal) : null;
  if (failure !== null && still?.length !== 0) throw failure.error;
  const text = provider.manual
    ? `The TXT record ${ref.name} with the value ${ref.value} is no longer needed: remove it`
    : `Removed the TXT record ${ref.name}`;
  context.report('clean-up', text, { ...describeRef(ref), action: 'remove' });
  if (still === null || still.length === 0) return;
  const warning = `The TXT record ${ref.name} is still visible on ${still.join(', ')}: check whether it stays`;
  context.report('clean-up', warning, { ...describeRef(ref), servers: still });
}

async function add(
  { provider, resolver }: RecordDeps,
  ref: Dns01Ref,
  signal: AbortSignal,
): Promise<RecordRef> {
  const record = toTxtRecord(ref);
  try {
    return await provider.addTxt(record, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!provider.unsure || provider.refFor === undefined) throw error;
    // Reported as failed, but the record exists: some scripts refuse to add a value that they added before.
    const shown = await serversShowing(resolver, ref, signal);
    if (shown === null || shown.length === 0) throw error;
    return provider.refFor(record);
  }
}

async function tryRemove(
  provider: DnsProvider,
  ref: Dns01Ref,
  signal: AbortSignal,
): Promise<{ readonly error: unknown } | null> {
  const record = toTxtRecord(ref);
  try {
    // Stored as an intent only: the process may have been killed after the provider created the record.
    const intended = async () => provider.refFor?.(record) ?? provider.addTxt(record, signal);
    await provider.removeTxt(ref.written ? ref.record : await intended(), signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return { error };
  }
}

function withNameLock<T>(
  deps: RecordDeps,
  ref: Dns01Ref,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return deps.locks.run(`${deps.providerId} ${ref.zone.id} ${ref.name}`, work, signal);
}
