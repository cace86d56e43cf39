// The browser's Back button closes an open dialog, as Escape does, and keeps the page behind it.
import { useBlocker } from '@tanstack/react-router';

/** Call it once, in the frame around all pages. */
export function useBackClosesDialog(): void {
  useBlocker({ shouldBlockFn: closesDialog, enableBeforeUnload: false });
}

/** Whether going back concerns an open dialog, not the page behind it. */
export function isForDialog(action: string): boolean {
  return action === 'BACK' && openDialog() !== null;
}

function closesDialog({ action }: { readonly action: string }): boolean {
  if (!isForDialog(action)) return false;
  const dialog = openDialog();
  const target = dialog?.contains(document.activeElement) ? document.activeElement : dialog;
  // The dialog itself decides: it may ask first, or stay.
  target?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true }));
  return true;
}

/** Not a popover, such as the saved filters, which leaves the page usable. */
function openDialog(): Element | null {
  return [...document.querySelectorAll('[role="dialog"][aria-modal="true"]')].at(-1) ?? null;
}
