// Does something once a minute, one at a time, until it is stopped.

export interface EveryMinute {
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

const EVERY_MS = 60_000;

/** @param work Never rejects; done at the start for the first time. */
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
