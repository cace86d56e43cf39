// TXT values at providers that keep all values of a name as one record set and change it in transactions: read the
// set, then swap exactly what was read for what is wanted. A writer that came between makes the provider refuse the
// swap, and it is read again; so nobody's value is lost, not even to another program on the same account.
import type { CertdeskError } from '../../core/errors.ts';
import type { DnsProvider, ProviderTools } from './provider.ts';
import { readTxtRef, type TxtRef, txtRefFor } from './txt-ref.ts';
import { quoteTxt, unquoteTxt } from './txt-value.ts';

export interface RecordSet {
  /** Seconds. */
  readonly ttl: number;
  /** In the presentation format, as the provider gave them: a foreign one goes back to the letter. */
  readonly values: readonly string[];
}

export interface RecordSetApi {
  /** The TXT record set of that name as it is now, or null. */
  read(ref: TxtRef, signal: AbortSignal): Promise<RecordSet | null>;
  /**
   * Puts `wanted` in place of `found`, both null where there is no set. Must be safe to repeat.
   * @returns The id of the change, or the provider's refusal where the set is not, or no longer, `found`.
   */
  swap(
    ref: TxtRef,
    sets: { readonly found: RecordSet | null; readonly wanted: RecordSet | null },
    signal: AbortSignal,
  ): Promise<{ readonly changeId: string } | { readonly conflict: CertdeskError }>;
  /** Whether the change has got to all servers of the provider. */
  isDone(ref: TxtRef, changeId: string, signal: AbortSignal): Promise<boolean>;
}

export interface RecordSetOptions extends Pick<ProviderTools, 'sleep' | 'log'> {
  /** Seconds; of a new set. Another keeps its own. */
  readonly ttl: number;
  /** How often, and how long at most, `isDone` is asked. Milliseconds. */
  readonly wait: { readonly interval: number; readonly timeout: number };
}

/** How often another writer may come between reading and writing. */
const ATTEMPTS = 6;

/** What a DnsProvider does with records; `listZones` is the provider's own. */
export function createRecordSetProvider(
  api: RecordSetApi,
  options: RecordSetOptions,
): Pick<DnsProvider, 'addTxt' | 'removeTxt' | 'refFor'> {
  const { sleep, log, ttl, wait } = options;

  /** @param edit Null where there is nothing to do. @returns The id of the change, or null where there was none. */
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
    // Not a failure: the record is written, and propagation.ts has the last word.
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
