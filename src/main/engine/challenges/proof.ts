// What the proof of an order's names works with.
import type { AcmeOrder, AcmeSession } from '../acme/contract.ts';
import type { ChallengeRecord, OrderRecord } from '../core/model.ts';
import type { StepReporter } from '../core/step-reporter.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';

/** The stored order, as far as its challenges are concerned. */
export interface ProofOrder extends StepReporter {
  readonly order: Pick<OrderRecord, 'jobId' | 'directoryUrl' | 'challenges'>;
  /** Adds or replaces the record of the challenge with this URL; written by the next write of any kind. */
  stageChallenge(challenge: ChallengeRecord): void;
  /** The record is in the database when it resolves. */
  saveChallenge(challenge: ChallengeRecord): Promise<void>;
  /** Writes what is staged and reported; does nothing if there is nothing. */
  flush(): Promise<void>;
}

export interface Proof {
  readonly orderState: ProofOrder;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly pace: Timing;
  readonly session: AcmeSession;
  readonly order: AcmeOrder;
  /** For what may take long while nothing is done here. */
  readonly wait: Places['wait'];
}
