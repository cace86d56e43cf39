// Runs asynchronous work on a list of items with bounded concurrency.

/**
 * Runs `work` on every item, at most `limit` at a time. The first failure aborts the rest.
 * @param work Receives a signal that aborts when another item fails or `signal` aborts.
 * @returns the results in the order of the items
 * @throws the first failure, once all started work has ended; the reason of `signal`
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failing = new AbortController();
  const both = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]);
  const results: R[] = new Array(items.length);
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of queue) {
      if (both.aborted) return;
      try {
        results[at] = await work(item, both);
      } catch (error) {
        failures.push(error);
        failing.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  signal?.throwIfAborted();
  return results;
}
