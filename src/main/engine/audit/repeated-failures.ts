// Combines repeated failures: the first one is recorded at once, further ones within a minute share one entry. A caller
// cannot flood the audit trail with rejected requests.
import type { Log } from '../core/ports.ts';
import type { NewAuditEntry } from './entry.ts';

export interface RepeatedFailures {
  /** Records the failure, or counts it if the same failure was recorded within the last minute. */
  note(failure: NewAuditEntry): Promise<void>;
  /** Records the counted failures; called before Certdesk stops. */
  flush(): Promise<void>;
}

export interface RepeatedFailuresDeps {
  record(entry: NewAuditEntry): Promise<void>;
  readonly log: Log;
  readonly windowMs?: number;
}

const WINDOW_MS = 60_000;

interface Window {
  last: NewAuditEntry;
  count: number;
}

/** Failures are repeated if they have the same actor, operation and result. */
export function createRepeatedFailures(deps: RepeatedFailuresDeps): RepeatedFailures {
  const { record, log, windowMs = WINDOW_MS } = deps;
  const windows = new Map<string, Window>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const counted = [...windows.values()].filter(({ count }) => count > 0);
    windows.clear();
    for (const { last, count } of counted) await record({ ...last, message: messageOf(last, count) });
  }

  return {
    async note(failure) {
      const { actor, operation, result } = failure;
      const key = JSON.stringify([actor.kind, actor.id, operation, result]);
      const window = windows.get(key);
      if (window !== undefined) {
        window.count += 1;
        window.last = failure;
        return;
      }
      windows.set(key, { last: failure, count: 0 });
      timer ??= setTimeout(() => {
        flush().catch((error: unknown) =>
          log.error({ err: error }, 'Repeated failures could not be recorded'),
        );
      }, windowMs).unref();
      await record(failure);
    },
    flush,
  };
}

function messageOf({ message }: NewAuditEntry, count: number): string {
  return count === 1 ? message : `${count} more failures like this within a minute; the last one: ${message}`;
}
