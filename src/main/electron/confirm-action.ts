// Shows the native dialog that asks whether an action is allowed (window-proof.ts).
import { BrowserWindow, dialog } from 'electron';

/** @param action A short description for the user. @returns whether the user allowed it */
export async function confirmAction(action: string): Promise<boolean> {
  const question = {
    type: 'question' as const,
    title: 'Certdesk',
    message: 'Allow this action?',
    detail: `${action}\n\nIt affects this computer or a private key. If you allow it, Certdesk does not ask again for 15 minutes.`,
    buttons: ['Allow', 'Cancel'],
    // "Cancel" is the default, so that Enter, typed for the page a moment ago, allows nothing.
    defaultId: 1,
    cancelId: 1,
  };
  const [parent] = BrowserWindow.getAllWindows();
  const { response } = await (parent === undefined
    ? dialog.showMessageBox(question)
    : dialog.showMessageBox(parent, question));
  return response === 0;
}
