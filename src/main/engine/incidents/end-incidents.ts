// Ends incidents whose certificates are all renewed or removed.
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';

export interface EndIncidentsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
}

export async function endIncidents({ stores, journal, clock }: EndIncidentsDeps): Promise<void> {
  for (const { id } of await stores.incidents.listOpen()) {
    const { waiting, failing, by_hand: byHand, renewed } = await stores.incidents.counts(id, null);
    if (waiting + failing + byHand > 0) continue;
    await journal.write(async (tx, emit) => {
      await tx.incidents.end(id, toTimestamp(clock.now()));
      const message = `The incident has ended: ${renewed} certificates were renewed`;
      await emit({ kind: 'incident.ended', message, data: { incidentId: id } });
    });
  }
}
