// Adds and removes TXT values at providers that store all values of a name as one record set and change it in
// transactions. It reads the set and replaces exactly that set with the new one. If another writer changed it in between,
// the provider rejects the change, and it is read again. So no value is lost, even with other programs on the account.
import type { CertdeskError } from '../../core/errors.ts';
import type { DnsProvider, ProviderTools } from './provider.ts';
import { readTxtRef, type TxtRef, txtRefFor } from './txt-ref.ts';
import { quoteTxt, unquoteTxt } from './txt-value.ts';

export interface RecordSet {
  /** Seconds. */
  readonly ttl: number;
  /** In the presentation format, as received, so that other programs' values are written back unchanged. */
  readonly values: readonly string[];
}

export interface RecordSetApi {
  /** Reads the current TXT record set of the name, or null. */
  read(ref: TxtRef, signal: AbortSignal): Promise<RecordSet | null>;
  /**
   * Replaces `found` with `wanted`; null means no set. Must be safe to repeat.
   * @returns the id of the change, or the provider's refusal if the current set is not `found`
   */
  swap(
    ref: TxtRef,
    sets: { readonly found: RecordSet | null; readonly wanted: RecordSet | null },
    signal: AbortSignal,
  ): Promise<{ readonly changeId: string } | { readonly conflict: CertdeskError }>;
  /** Whether the change has reached all servers of the provider. */
  isDone(ref: TxtRef, changeId: string, signal: AbortSignal): Promise<boolean>;
}

export interface RecordSetOptions extends Pick<ProviderTools, 'sleep' | 'log'> {
  /** TTL of a new set, in seconds. Existing sets keep theirs. */
  readonly ttl: number;
  /** Poll interval and time limit for `isDone`, in milliseconds. */
  readonly wait: { readonly interval: number; readonly timeout: number };
}

/** The number of conflicts with other writers that are tolerated. */
const ATTEMPTS = 6;

/** Creates the record methods of a DnsProvider. */
export function createRecordSetProvider(
  api: RecordSetApi,
  options: RecordSetOptions,
): Pick<DnsProvider, 'addTxt' | 'removeTxt' | 'refFor'> {
  const { sleep, log, ttl, wait } = options;

  /** @param edit Returns null if nothing must change. @returns the id of the change, or null without a change */
  const rewrite = async (
    ref: TxtRef,
    edit: (values: readonly string[]) => readonly string[] | null,
    signal: AbortSignal,
  ): Promise<string | null> => {
    for (let attempt = 1; ; attempt++) {
      const found = await api.read(ref, signal);
      const values = edit(found?.values ?? []);
      if (values === null) return null;
      const wanted = values.length === 0 ? null : { ttl: found?.ttl ?? ttl, values };
      const outcome = await api.swap(ref, { found, wanted }, signal);
      if ('changeId' in outcome) return outcome.changeId;
      if (attempt === ATTEMPTS) throw outcome.conflict;
      await sleep(100 * attempt * (1 + Math.random()), signal);
    }
  };

  const awaitDone = async (ref: TxtRef, changeId: string, signal: AbortSignal): Promise<void> => {
    for (let waited = 0; waited <= wait.timeout; waited += wait.interval) {
      if (await api.isDone(ref, changeId, signal)) return;
      await sleep(wait.interval, signal);
    }
    // Not an error: the record is written, and propagation.ts checks the name servers anyway.
    log.warn(
      { name: ref.name, change: changeId },
      'The change has not reached all servers of the provider yet',
    );
  };

  return {
    async addTxt(record, signal) {
      const ref = txtRefFor(record);
      const add = (values: readonly string[]) =>
        values.some((value) => unquoteTxt(value) === ref.value) ? null : [...values, quoteTxt(ref.value)];
      const changeId = await rewrite(ref, add, signal);
      if (changeId !== null) await awaitDone(ref, changeId, signal);
      return ref;
    },
    async removeTxt(stored, signal) {
      const ref = readTxtRef(stored);
      const remove = (values: readonly string[]) => {
        const rest = values.filter((value) => unquoteTxt(value) !== ref.value);
        return rest.length === values.length ? null : rest;
      };
      await rewrite(ref, remove, signal);
    },
    refFor: txtRefFor,
  };
}
