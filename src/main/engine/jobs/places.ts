// How many jobs do nothing but wait: for a CA, for DNS, for a person. Such a job leaves its place to another one.

export interface Places {
  /** Runs work that may be a long wait; after some seconds of it the job does not count for the queue's concurrency. */
  wait<T>(work: () => Promise<T>): Promise<T>;
  /** Told whenever that changes. */
  listen(listener: (waiting: number) => void): void;
}

/** A wait that is shorter is over before another job has begun. */
const LEAVES_AFTER_MS = 5_000;
/** More would be more connections and memory than a small machine has. */
const MOST_WAITING = 200;

/** @param leavesAfterMs Real time: it is the machine that is spared. */
export function createPlaces(leavesAfterMs = LEAVES_AFTER_MS): Places {
  let waiting = 0;
  let listener: (waiting: number) => void = () => undefined;
  const change = (by: number): void => {
    waiting += by;
    listener(Math.min(waiting, MOST_WAITING));
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
