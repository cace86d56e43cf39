// Counts the jobs that only wait for a CA, for DNS or for a user. They do not count for the queue's concurrency.

export interface Places {
  /**
   * Runs work that may wait for a long time. After a few seconds, the job no longer counts for the queue's
   * concurrency.
   */
  wait<T>(work: () => Promise<T>): Promise<T>;
  /** Calls the listener with the number of waiting jobs whenever it changes. */
  listen(listener: (waiting: number) => void): void;
}

/** A shorter wait ends before another job benefits from the slot. */
const LEAVES_AFTER_MS = 5_000;
/** More waiting jobs would need more connections and memory than a small machine has. */
const MAX_WAITING = 200;

/** @param leavesAfterMs In real time, not by the injected clock, because the limit protects the machine. */
export function createPlaces(leavesAfterMs = LEAVES_AFTER_MS): Places {
  let waiting = 0;
  let listener: (waiting: number) => void = () => undefined;
  const change = (by: number): void => {
    waiting += by;
    listener(Math.min(waiting, MAX_WAITING));
  };
  return {
    async wait(work) {
      let hasLeft = false;
      const timer = setTimeout(() => {
        hasLeft = true;
        change(1);
      }, leavesAfterMs);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        if (hasLeft) change(-1);
      }
    },
    listen(next) {
      listener = next;
    },
  };
}
