// Defines what the validation of an order's names needs.
import type { AcmeOrder, AcmeSession } from '../acme/contract.ts';
import type { ChallengeRecord, OrderRecord } from '../core/model.ts';
import type { StepReporter } from '../core/step-reporter.ts';
import type { Timing } from '../core/timing.ts';
import type { Places } from '../jobs/places.ts';

/** The stored order with its challenges. */
export interface ProofOrder extends StepReporter {
  readonly order: Pick<OrderRecord, 'jobId' | 'directoryUrl' | 'challenges'>;
  /** Adds or replaces the record of the challenge with this URL. The next write of any kind stores it. */
  stageChallenge(challenge: ChallengeRecord): void;
  /** Stores the record. It is in the database when this resolves. */
  saveChallenge(challenge: ChallengeRecord): Promise<void>;
  /** Stores what is staged and reported, if anything. */
  flush(): Promise<void>;
}

export interface Proof {
  readonly orderState: ProofOrder;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly timing: Timing;
  readonly session: AcmeSession;
  /** The URL of the account that orders. */
  readonly accountUrl: string;
  readonly order: AcmeOrder;
  /** For long waits in which the job does no work. */
  readonly wait: Places['wait'];
  /** Called once the CA validates: work for the time until its first answer. */
  readonly meanwhile: () => void;
}
