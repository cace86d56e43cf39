// Does one thing to many projects, a few side by side, and says how each of them stands.

export type ItemState =
  | { readonly state: 'waiting' | 'running' | 'done' | 'stopped' }
  | { readonly state: 'failed'; readonly error: unknown };

export interface BulkRun<T> {
  readonly items: readonly T[];
  /** Rejects where it fails for this one; the others go on. */
  work(item: T): Promise<void>;
  onState(item: T, state: ItemState): void;
  /** Aborted: nothing more is begun; what runs is waited for. */
  readonly signal: AbortSignal;
  readonly concurrency: number;
}

export async function runBulk<T>({ items, work, onState, signal, concurrency }: BulkRun<T>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (signal.aborted) {
        onState(item, { state: 'stopped' });
        continue;
      }
      onState(item, { state: 'running' });
      try {
        await work(item);
        onState(item, { state: 'done' });
      } catch (error) {
        onState(item, { state: 'failed', error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
