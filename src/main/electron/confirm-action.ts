// The dialog of the operating system that asks whether an action is allowed (window-proof.ts).
import { BrowserWindow, dialog } from 'electron';

/** @param action In a few words, as the person reads it. @returns whether they allowed it. */
export async function confirmAction(action: string): Promise<boolean> {
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
