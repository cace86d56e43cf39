// A mutex per key: work on the same key runs one at a time, first come first served; different keys run in parallel.

export interface KeyedMutex {
  /** Runs `work` once all earlier work on this key has ended. If `signal` aborts first, rejects with its reason. */
  run<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Creates a mutex without keys; keys exist only while work waits or runs. */
export function createKeyedMutex(): KeyedMutex {
  const tails = new Map<string, Promise<void>>();

  return {
    async run(key, work, signal) {
      const before = tails.get(key);
      const own = Promise.withResolvers<void>();
      const tail = (before ?? Promise.resolve()).then(() => own.promise);
      tails.set(key, tail);
      // The tail includes all earlier work: an aborted waiter must not let the next one start early.
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
