// The interface of the store for incidents and the moved windows that they consist of.
import type { IncidentState } from '../../../../shared/incident.ts';
import type { Timestamp } from '../../../../shared/time.ts';

/** A certificate whose window the CA has moved to an earlier time. */
export interface MovedWindow {
  readonly certificateId: string;
  readonly projectId: string;
  readonly domain: string;
  readonly directoryUrl: string;
  readonly movedAt: Timestamp;
  /** The planned renewal before. */
  readonly renewBefore: Timestamp;
  readonly renewAt: Timestamp;
}

export interface IncidentRecord {
  readonly id: string;
  readonly directoryUrl: string;
  readonly explanationUrl: string | null;
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp | null;
}

export type IncidentCounts = Readonly<Record<IncidentState, number>>;

export interface IncidentStore {
  /** Stores the move; a certificate that has moved before keeps its first planned renewal. */
  recordMove(move: MovedWindow, incidentId: string | null): Promise<void>;
  /** The open incident of a CA. */
  open(directoryUrl: string): Promise<IncidentRecord | null>;
  /** Counts the moves of a CA since a time that belong to no incident. */
  countSingle(directoryUrl: string, since: Timestamp): Promise<number>;
  /** Creates an incident of all these moves. */
  create(incident: IncidentRecord, since: Timestamp): Promise<void>;
  setExplanation(id: string, explanationUrl: string): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<readonly IncidentRecord[]>;
  /** Incidents that have not ended. */
  listOpen(): Promise<readonly IncidentRecord[]>;
  get(id: string): Promise<IncidentRecord | null>;
  /** @param ids Only certificates of these projects; null: all. */
  counts(id: string, ids: readonly string[] | null): Promise<IncidentCounts>;
  /** Those that are not renewed first. */
  certificates(
    id: string,
    ids: readonly string[] | null,
    limit: number,
  ): Promise<readonly (MovedWindow & { readonly state: IncidentState })[]>;
  /** Stores the final state of each certificate. */
  end(id: string, at: Timestamp): Promise<void>;
  /** The projects with a certificate in an open incident, or in one that ended after this time. */
  projectsSince(at: Timestamp): Promise<ReadonlySet<string>>;
  /** Deletes moves that became no incident, and incidents that ended, before these times. */
  deleteBefore(at: { readonly single: Timestamp; readonly ended: Timestamp }): Promise<void>;
}
