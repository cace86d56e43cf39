// The fresh proof of the desktop window: a dialog of the main process, which the page can neither draw nor answer. The
// answer is in the audit log, and one confirmation covers 15 minutes.
import { BrowserWindow, dialog } from 'electron';
import { PROVE } from '../../shared/session.ts';
import { type Timestamp, toTimestamp } from '../../shared/time.ts';
import { actorOf, type Principal } from '../api/context.ts';
import type { Engine } from '../engine/index.ts';

export interface WindowProof {
  /** When the person confirmed last; null: not since Certdesk started. */
  at(): Timestamp | null;
  /**
   * Asks the person. Calls that come while the dialog is open share it.
   * @param action The operation in a few words. @returns whether they confirmed.
   */
  ask(action: string): Promise<boolean>;
}

export function createWindowProof(
  { clock, journal }: Pick<Engine, 'clock' | 'journal'>,
  window: Principal,
): WindowProof {
  let at: Timestamp | null = null;
  let open: Promise<boolean> | null = null;

  async function ask(action: string): Promise<boolean> {
    const allowed = await showDialog(action);
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

async function showDialog(action: string): Promise<boolean> {
  const question = {
    type: 'question' as const,
    title: 'Certdesk',
    message: 'Allow this action?',
    detail: `${action}\n\nIt affects this computer or a private key. If you allow it, Certdesk does not ask again for 15 minutes.`,
    buttons: ['Allow', 'Cancel'],
    // Enter, typed into the page a moment ago, must not allow anything.
    defaultId: 1,
    cancelId: 1,
  };
  const [parent] = BrowserWindow.getAllWindows();
  const { response } = await (parent === undefined
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(parent, question));
  return response === 0;
}
