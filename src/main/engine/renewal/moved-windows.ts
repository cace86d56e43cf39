// Notices that a CA moves the renewal windows of many certificates at once, as before a mass revocation, and opens one
// incident for all of them.
import { randomUUID } from 'node:crypto';
import { type Timestamp, toTimestamp } from '../../../shared/time.ts';
import type { Emit } from '../audit/journal.ts';
import type { AriState } from '../core/model.ts';
import type { MovedWindow } from '../core/stores/incidents.ts';
import type { Stores } from '../core/stores.ts';

/** So many moves of one CA within a day are an incident. */
export const INCIDENT_FROM = 3;
const WITHIN_MS = 24 * 3_600_000;

/**
 * Whether the CA requests an earlier renewal. A window that only shifts a little, without an explanation, is none: CAs
 * compute windows again from time to time.
 */
export function isMovedEarlier(
  before: AriState['window'],
  after: Pick<AriState, 'window' | 'explanationUrl'>,
): boolean {
  const { window, explanationUrl } = after;
  if (before === null || window === null) return false;
  return window.end <= before.start || (window.start < before.start && explanationUrl !== null);
}

/**
 * Records a moved window, in the transaction that stores it, and opens an incident if there are many.
 * @param explanationUrl The CA's page about the reason.
 */
export async function recordMove(
  tx: Stores,
  emit: Emit,
  move: MovedWindow,
  explanationUrl: string | null,
): Promise<void> {
  const { directoryUrl, movedAt } = move;
  const open = await tx.incidents.open(directoryUrl);
  await tx.incidents.recordMove(move, open?.id ?? null);
  if (open !== null) {
    if (open.explanationUrl === null && explanationUrl !== null)
      await tx.incidents.setExplanation(open.id, explanationUrl);
    return;
  }
  const since = earlier(movedAt, WITHIN_MS);
  const count = await tx.incidents.countSingle(directoryUrl, since);
  if (count < INCIDENT_FROM) return;
  const id = randomUUID();
  await tx.incidents.create({ id, directoryUrl, explanationUrl, startedAt: movedAt, endedAt: null }, since);
  const { host } = new URL(directoryUrl);
  const message = `The CA at ${host} requests early renewal of many certificates: ${count} so far`;
  await emit({ kind: 'incident.started', message, data: { incidentId: id } });
}

const earlier = (at: Timestamp, ms: number): Timestamp => toTimestamp(new Date(Date.parse(at) - ms));
