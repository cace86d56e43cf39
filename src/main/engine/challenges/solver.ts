// The contract of a challenge solver: what acme-issuance.ts asks so that the CA's check of one name succeeds.
import type { Json } from '../core/model.ts';

export interface ChallengeTask {
  /** The name to prove, without `*.`. */
  readonly identifier: string;
  readonly wildcard: boolean;
  readonly token: string;
  /** RFC 8555 section 8.1. */
  readonly keyAuthorization: string;
  /** What `save` was last given for this challenge; null where it was never called. */
  readonly ref: Json;
}

export interface SolverContext {
  readonly signal: AbortSignal;
  /** A step for the event stream that a person watches; `data` is plain JSON without secrets. */
  report(step: string, message: string, data?: Json): void;
  /**
   * Writes what `cleanUp` will need into the database. Called before the outside effect with what is intended,
   * and after it with what came of it, so that nothing is left behind by a killed process.
   */
  save(ref: Json): Promise<void>;
}

export interface ChallengeSolver {
  readonly type: 'http-01' | 'dns-01';
  /** Makes the proof visible. Safe to call again for the same task (a restart does so). */
  present(task: ChallengeTask, context: SolverContext): Promise<void>;
  /**
   * Resolves when the CA can see every proof; rejects with the documented error where that takes too long.
   * Called once with all the challenges of an order, after all are presented and before the CA is told.
   */
  awaitVisible(tasks: readonly ChallengeTask[], context: SolverContext): Promise<void>;
  /** What Certdesk gets when it asks for the proof in the CA's place, as a sentence: where the CA gives no reason. */
  explain?(task: ChallengeTask, signal: AbortSignal): Promise<string>;
  /** Undoes `present`; succeeds where there is nothing (left) to undo, also after a restart. */
  cleanUp(task: ChallengeTask, context: SolverContext): Promise<void>;
}
