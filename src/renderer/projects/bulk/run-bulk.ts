// Runs an action on many projects with limited concurrency, and reports the state of each.

export type ItemState =
  | { readonly state: 'waiting' | 'running' | 'stopped' }
  /** The note says what was done, if that is more than the action. */
  | { readonly state: 'done'; readonly note?: string }
  | { readonly state: 'failed'; readonly error: unknown };

export interface BulkRun<T> {
  readonly items: readonly T[];
  /** Rejects if the action fails for this item; the others continue. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most actions have no note
  work(item: T): Promise<string | void>;
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
        const note = await work(item);
        onState(item, { state: 'done', ...(typeof note === 'string' ? { note } : {}) });
      } catch (error) {
        onState(item, { state: 'failed', error });
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
