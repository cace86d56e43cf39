// A person's word that a record is written, for providers where a person writes it.

export interface Confirmations {
  /** Resolves when the job is confirmed; rejects with the signal's reason. */
  wait(jobId: string, signal: AbortSignal): Promise<void>;
  /** @returns whether anything waited for it. */
  confirm(jobId: string): boolean;
}

export function createConfirmations(): Confirmations {
  const waiting = new Map<string, Set<() => void>>();
  return {
    wait(jobId, signal) {
      return new Promise((resolve, reject) => {
        const all = waiting.get(jobId) ?? new Set();
        waiting.set(jobId, all);
        const end = (): void => {
          all.delete(confirmed);
          if (all.size === 0) waiting.delete(jobId);
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
        all.add(confirmed);
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted);
      });
    },
    confirm(jobId) {
      const all = [...(waiting.get(jobId) ?? [])];
      for (const confirmed of all) confirmed();
      return all.length > 0;
    },
  };
}
