// Opens a dialog with fields. What was typed in it is not lost by Esc or a click beside it: from the first letter on,
// only its buttons close it.
import { randomId } from '@mantine/hooks';
import { type ModalSettings, modals } from '@mantine/modals';
import type { ReactNode } from 'react';

export interface DialogProps extends Pick<ModalSettings, 'size' | 'modalId'> {
  readonly title: string;
  readonly children: ReactNode;
}

export function openDialog({ children, ...settings }: DialogProps): void {
  const modalId = settings.modalId ?? randomId();
  const keepOpen = (): void =>
    modals.updateModal({ modalId, closeOnEscape: false, closeOnClickOutside: false });
  modals.open({ ...settings, modalId, children: <div onInput={keepOpen}>{children}</div> });
}
