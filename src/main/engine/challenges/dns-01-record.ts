// Writes and removes the TXT record of one challenge: writers to one name one after another, leftovers of a killed
// process included, and with a look of our own where the provider cannot tell what it did.

import type { KeyedMutex } from '../core/keyed-mutex.ts';
import { serversShowing } from '../dns/lookup/record-check.ts';
import type { DnsResolver } from '../dns/lookup/resolver.ts';
import type { DnsProvider, RecordRef } from '../dns/providers/provider.ts';
import { type Dns01Ref, describeRef, toTxtRecord } from './dns-01-ref.ts';
import type { SolverContext } from './solver.ts';

export interface RecordDeps {
  /** The provider's id, as it stands in the events and with the order. */
  readonly providerId: string;
  readonly provider: DnsProvider;
  readonly resolver: DnsResolver;
  /** The process has one: it keeps writers to one name apart, whichever job they are of. */
  readonly locks: KeyedMutex;
}

/** Rejects with the provider's failure. */
export async function addRecord(deps: RecordDeps, ref: Dns01Ref, context: SolverContext): Promise<RecordRef> {
  const { signal } = context;
  const record = await exclusively(deps, ref, signal, () => add(deps, ref, signal));
  const text = deps.provider.byHand
    ? `Write a TXT record ${ref.name} with the value ${ref.value} (beside any other values of that name)`
    : `Created the TXT record ${ref.name} in the zone ${ref.zone.name}`;
  context.report('challenge', text, { ...describeRef(ref), action: 'add' });
  return record;
}

/** Rejects with the provider's failure, unless the record is seen to be gone all the same. */
export async function removeRecord(deps: RecordDeps, ref: Dns01Ref, context: SolverContext): Promise<void> {
  const { provider, resolver } = deps;
  const { signal } = context;
  const failure = await exclusively(deps, ref, signal, () => tryToRemove(provider, ref, signal));
  const still = provider.unsure ? await serversShowing(resolver, ref, signal) : null;
  if (failure !== null && still?.length !== 0) throw failure.error;
  const text = provider.byHand
    ? `The TXT record ${ref.name} with the value ${ref.value} is no longer needed: remove it`
    : `Removed the TXT record ${ref.name}`;
  context.report('clean-up', text, { ...describeRef(ref), action: 'remove' });
  if (still === null || still.length === 0) return;
  const doubt = `The TXT record ${ref.name} is still visible on ${still.join(', ')}: check whether it stays`;
  context.report('clean-up', doubt, { ...describeRef(ref), servers: still });
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
    // Said to have failed, but it is there: some scripts refuse to add what they added before.
    const shown = await serversShowing(resolver, ref, signal);
    if (shown === null || shown.length === 0) throw error;
    return provider.refFor(record);
  }
}

async function tryToRemove(
  provider: DnsProvider,
  ref: Dns01Ref,
  signal: AbortSignal,
): Promise<{ readonly error: unknown } | null> {
  const record = toTxtRecord(ref);
  try {
    // Only intended, as far as is known: the process may have been killed after the provider took it.
    const intended = async () => provider.refFor?.(record) ?? provider.addTxt(record, signal);
    await provider.removeTxt(ref.written ? ref.record : await intended(), signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return { error };
  }
}

function exclusively<T>(
  deps: RecordDeps,
  ref: Dns01Ref,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return deps.locks.run(`${deps.providerId} ${ref.zone.id} ${ref.name}`, work, signal);
}
