// Asks before the user leaves a page with unsaved input: by a link, the Back button, or closing the tab.
import { useBlocker } from '@tanstack/react-router';
import { messages } from '../messages.ts';
import { findBridge } from '../window/bridge.ts';
import { isForDialog } from './back-closes-dialog.ts';

/** @param isDirty Whether leaving would lose input. */
export function useUnsavedWarning(isDirty: boolean): void {
  useBlocker({
    shouldBlockFn: ({ action }) => !isForDialog(action) && !window.confirm(messages.unsaved),
    // Electron asks nothing: its window would silently refuse to close, and the application to quit.
    enableBeforeUnload: isDirty && findBridge(window) === null,
    disabled: !isDirty,
  });
}
