// One at a time for each key, in the order of asking; different keys side by side.

export interface KeyedMutex {
  /** Runs `work` when all that asked for the key before have ended; rejects with the signal's reason while waiting. */
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();

  return {
    async run(key, work, signal) {
      const before = tails.get(key);
      const own = Promise.withResolvers<void>();
      const tail = (before ?? Promise.resolve()).then(() => own.promise);
      tails.set(key, tail);
      // Only when all before have ended too: one that gave up waiting must not let the next one overtake.
      void tail.then(() => tails.get(key) === tail && tails.delete(key));
      try {
        if (before !== undefined) await orAbort(before, signal);
        signal.throwIfAborted();
        return await work();
      } finally {
        own.resolve();
      }
    },
  };
}

function orAbort(before: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', aborted, { once: true });
    before.then(resolve).finally(() => signal.removeEventListener('abort', aborted));
  });
}
