// Asks before the user leaves a page with unsaved input: by a link, the Back button, or closing the tab.
import { useBlocker } from '@tanstack/react-router';
import { messages } from '../messages.ts';

/** @param isDirty Whether leaving would lose input. */
export function useUnsavedWarning(isDirty: boolean): void {
  useBlocker({
    shouldBlockFn: () => !window.confirm(messages.unsaved),
    enableBeforeUnload: isDirty,
    disabled: !isDirty,
  });
}
