// Remembers the last contact with a host: when it succeeded, why it failed, and a key that was refused.
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { CertdeskError } from '../core/errors.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { Clock } from '../core/ports.ts';

export interface ContactDeps {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** @param failure Why there was no contact; null if Certdesk signed in. */
export async function noteContact(
  { journal, clock }: ContactDeps,
  host: HostRecord,
  failure: CertdeskError | null,
): Promise<void> {
  const { type, sha256, accepted } = Object(failure?.details) as {
    readonly type?: string;
    readonly sha256?: string;
    readonly accepted?: readonly object[];
  };
  const isChanged =
    failure?.code === 'HOST_KEY_REFUSED' && (accepted?.length ?? 0) > 0 && typeof sha256 === 'string';
  await journal.write(async (tx, emit) => {
    const at = toTimestamp(clock.now());
    await tx.hosts.update(host.id, {
      ...(failure === null ? { lastContactAt: at, changedKey: null } : {}),
      lastError: failure?.message ?? null,
      ...(isChanged ? { changedKey: { type, sha256 } as HostRecord['changedKey'] } : {}),
    });
    if (isChanged && host.changedKey === null)
      await emit({
        kind: 'host.key-changed',
        message: failure?.message ?? '',
        data: { hostId: host.id },
        audit: { operation: 'hosts.key-changed', result: 'HOST_KEY_REFUSED' },
      });
  });
}
