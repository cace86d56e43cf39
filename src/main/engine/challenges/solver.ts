// Defines the contract of a challenge solver, which makes the CA's validation of a name succeed.
import type { ChallengeType } from '../../../shared/certificate.ts';
import type { Json, PersistTerms } from '../core/model.ts';

export interface ChallengeTask {
  /** The host name, without `*.`, or IP address to validate. */
  readonly identifier: string;
  readonly wildcard: boolean;
  readonly token: string;
  /** RFC 8555 section 8.1. */
  readonly keyAuthorization: string;
  /** Only for dns-persist-01: what the record must say. */
  readonly persist?: PersistTerms | undefined;
  /** The last value passed to `save` for this challenge; null if there was none. */
  readonly ref: Json;
}

export interface SolverContext {
  readonly signal: AbortSignal;
  /** Reports a step to the event stream. `data` is plain JSON without secrets. */
  report(step: string, message: string, data?: Json): void;
  /**
   * Stores what `cleanUp` will need. Call it with the intent before the change outside of Certdesk, and with the
   * result after it, so that a killed process leaves nothing behind.
   */
  save(ref: Json): Promise<void>;
}

export interface ChallengeSolver {
  readonly type: ChallengeType;
  /**
   * Reserves the names of an order until they are cleaned up, all or none, if only one validation of a name can be
   * answered at a time. Called before `present`, and again until it succeeds.
   * @returns null, or a name that is being validated for another order
   */
  reserve?(tasks: readonly ChallengeTask[]): string | null;
  /** Presents the challenge. Safe to call again for the same task, as happens after a restart. */
  present(task: ChallengeTask, context: SolverContext): Promise<void>;
  /**
   * Resolves when the CA can see every challenge; rejects with the documented error if that takes too long. Called
   * once with all challenges of an order, after all are presented and before they are announced to the CA.
   */
  awaitVisible(tasks: readonly ChallengeTask[], context: SolverContext): Promise<void>;
  /** Requests the challenge as the CA would and returns the result as a sentence, for CAs that give no reason. */
  explain?(task: ChallengeTask, signal: AbortSignal): Promise<string>;
  /** Reverts `present`. Succeeds if there is nothing left to do, also after a restart. */
  cleanUp(task: ChallengeTask, context: SolverContext): Promise<void>;
}
