// Repeats a task every minute. Runs never overlap.

export interface EveryMinute {
  start(): void;
  /** Stops the schedule. Resolves when the running task has finished. */
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;

/**
 * Creates a schedule whose first run begins at `start()`.
 * @param work Must not reject.
 */
export function createEveryMinute(work: () => Promise<void>): EveryMinute {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let started = false;

  function next(): void {
    running = work().finally(() => {
      if (!started) return;
      timer = setTimeout(next, EVERY_MS);
      timer.unref();
    });
  }

  return {
    start() {
      if (started) return;
      started = true;
      next();
    },
    async stop() {
      started = false;
      clearTimeout(timer);
      await running;
    },
  };
}
