// Opens a dialog with a form. Once the user has entered anything, Escape, a click outside, the close button and closing the
// tab ask before it is discarded, as pages with unsaved input do.
import { randomId, useWindowEvent } from '@mantine/hooks';
import { type ModalSettings, modals } from '@mantine/modals';
import {
  createContext,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  use,
  useEffect,
  useRef,
} from 'react';
import { messages } from '../messages.ts';
import { findBridge } from '../window/bridge.ts';

export interface DialogProps extends Pick<ModalSettings, 'size' | 'modalId' | 'withCloseButton'> {
  readonly title: string;
  readonly children: ReactNode;
  /** Whether closing it asks; true by default. */
  readonly keepsInput?: boolean;
}

export function openDialog({ children, keepsInput = true, ...settings }: DialogProps): void {
  const modalId = settings.modalId ?? randomId();
  const exit = createExit(modalId, keepsInput);
  modals.open({
    ...settings,
    modalId,
    onClickCapture: exit.onClick,
    children: <DialogBody exit={exit}>{children}</DialogBody>,
  });
}

/**
 * For content that is shown once, and for work in progress: Escape and a click outside no longer close the dialog. Its
 * buttons do, without a question, because nothing is left to save.
 */
export function useStayOpen(): void {
  const exit = use(ExitContext);
  useEffect(() => exit?.stay(), [exit]);
}

interface Exit {
  /** Whether closing the dialog would lose input. */
  isDirty(): boolean;
  markDirty(): void;
  stay(): void;
  /** Closes the dialog if the user agrees to lose the input. */
  ask(): void;
  /** For the capture phase, before the dialog itself handles the click. */
  onClick(event: MouseEvent<HTMLElement>): void;
}

const ExitContext = createContext<Exit | null>(null);

function createExit(modalId: string, keepsInput: boolean): Exit {
  let state: 'clean' | 'dirty' | 'stay' = 'clean';
  const become = (next: 'dirty' | 'stay'): void => {
    state = next;
    modals.updateModal({ modalId, closeOnEscape: false, closeOnClickOutside: false });
  };
  const exit: Exit = {
    isDirty: () => state === 'dirty',
    markDirty: () => {
      if (keepsInput && state === 'clean') become('dirty');
    },
    stay: () => become('stay'),
    ask: () => {
      if (window.confirm(messages.unsaved)) modals.close(modalId);
    },
    onClick(event) {
      const { target, currentTarget } = event;
      // A list of options belongs to the dialog, and is elsewhere in the document.
      if (!exit.isDirty() || !(target instanceof Element) || !currentTarget.contains(target)) return;
      const isInside = target.closest('[role="dialog"]') !== null;
      if (isInside && target.closest('.mantine-Modal-close') === null) return;
      event.stopPropagation();
      exit.ask();
    },
  };
  return exit;
}

function DialogBody({ exit, children }: { readonly exit: Exit; readonly children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null);
  useWindowEvent(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && exit.isDirty() && !event.isComposing && isFor(body.current, event.target))
        exit.ask();
    },
    { capture: true },
  ); // before a list of options closes, as the dialog itself does it
  useWindowEvent('beforeunload', (event) => {
    // Electron asks nothing: its window would silently refuse to close.
    if (exit.isDirty() && findBridge(window) === null) event.preventDefault();
  });
  /** A selected option changes a field without an input event. */
  const onClick = ({ target }: SyntheticEvent): void => {
    if (target instanceof Element && target.closest('[role="option"]') !== null) exit.markDirty();
  };
  return (
    <ExitContext value={exit}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: notices input, and has no action of its own. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the Enter key clicks an option too. */}
      <div ref={body} onInput={exit.markDirty} onClick={onClick}>
        {children}
      </div>
    </ExitContext>
  );
}

/** Whether a key is for this dialog, and not for a list of options or a dialog above it. */
function isFor(body: HTMLElement | null, target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target.getAttribute('data-mantine-stop-propagation') === 'true')
    return false;
  const isAlone = document.querySelectorAll('[role="dialog"]').length === 1;
  return target === document.body ? isAlone : body?.closest('[role="dialog"]')?.contains(target) === true;
}
