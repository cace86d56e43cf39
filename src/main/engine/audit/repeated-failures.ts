// Failures that repeat: the first one has an entry at once, the others of the same minute one entry together, so that
// nobody can fill the audit trail by being refused.
import type { Log } from '../core/ports.ts';
import type { NewAuditEntry } from './entry.ts';

export interface RepeatedFailures {
  /** Records the failure now, or counts it. */
  note(failure: NewAuditEntry): Promise<void>;
  /** Records what was counted; call it before Certdesk stops. */
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
