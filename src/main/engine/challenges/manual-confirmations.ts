// Waits for the user's confirmation that a TXT record exists, for manual DNS providers.

export interface Confirmations {
  /** Resolves when the job is confirmed; rejects with the signal's reason. */
  wait(jobId: string, signal: AbortSignal): Promise<void>;
  /**
   * Confirms the records of a job.
   * @returns whether the job waited for them
   */
  confirm(jobId: string): boolean;
}

export function createConfirmations(): Confirmations {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wait(jobId, signal) {
      return new Promise((resolve, reject) => {
        const waiters = waiting.get(jobId) ?? new Set();
        waiting.set(jobId, waiters);
        const end = (): void => {
          waiters.delete(confirmed);
          if (waiters.size === 0) waiting.delete(jobId);
          signal.removeEventListener('abort', aborted);
        };
        const confirmed = (): void => {
          end();
          resolve();
        };
        const aborted = (): void => {
          end();
          reject(signal.reason);
        };
        waiters.add(confirmed);
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted);
      });
    },
    confirm(jobId) {
      const waiters = [...(waiting.get(jobId) ?? [])];
      for (const confirmed of waiters) confirmed();
      return waiters.length > 0;
    },
  };
}
