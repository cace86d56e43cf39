// Provides the fresh proof for the desktop application: a native confirmation that the page can neither draw nor
// answer. The audit trail records the answer, and one confirmation is valid for 15 minutes.
import { PROVE } from '../../shared/session.ts';
import { type Timestamp, toTimestamp } from '../../shared/time.ts';
import { actorOf, type Principal } from '../api/context.ts';
import type { Engine } from '../engine/engine.ts';

export interface WindowProof {
  /** When the user last confirmed; null if not since the start. */
  at(): Timestamp | null;
  /**
   * Asks the user. Calls that arrive while the dialog is open share it.
   * @param action A short description of the operation. @returns whether the user confirmed
   */
  ask(action: string): Promise<boolean>;
}

export interface WindowProofDeps {
  readonly engine: Pick<Engine, 'clock' | 'journal'>;
  readonly window: Principal;
  /** Shows the dialog; resolves with the user's answer. */
  confirm(action: string): Promise<boolean>;
}

export function createWindowProof({
  engine: { clock, journal },
  window,
  confirm,
}: WindowProofDeps): WindowProof {
  let at: Timestamp | null = null;
  let open: Promise<boolean> | null = null;

  async function ask(action: string): Promise<boolean> {
    const allowed = await confirm(action);
    await journal.record({
      actor: actorOf(window, null),
      operation: PROVE,
      projectId: null,
      jobId: null,
      result: allowed ? 'ok' : 'PROOF_REQUIRED',
      message: allowed ? `Confirmed in the desktop window: ${action}` : `Not confirmed: ${action}`,
    });
    if (allowed) at = toTimestamp(clock.now());
    return allowed;
  }

  return {
    at: () => at,
    ask(action) {
      open ??= ask(action).finally(() => {
        open = null;
      });
      return open;
    },
  };
}
