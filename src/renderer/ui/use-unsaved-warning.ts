// Asks before a page with unsaved input is left: by a link, by the back button, or by closing the tab.
import { useBlocker } from '@tanstack/react-router';
import { messages } from '../messages.ts';

/** @param isDirty Whether something is typed that leaving would lose. */
export function useUnsavedWarning(isDirty: boolean): void {
  useBlocker({
    shouldBlockFn: () => !window.confirm(messages.unsaved),
    enableBeforeUnload: isDirty,
    disabled: !isDirty,
  });
}
