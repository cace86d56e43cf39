// Runs an action on many projects with limited concurrency, and reports the state of each.

export type ItemState =
  | { readonly state: 'waiting' | 'running' | 'done' | 'stopped' }
  | { readonly state: 'failed'; readonly error: unknown };

export interface BulkRun<T> {
  readonly items: readonly T[];
  /** Rejects if the action fails for this item; the others continue. */
  work(item: T): Promise<void>;
  onState(item: T, state: ItemState): void;
  /** After an abort no item starts; running items are awaited. */
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
