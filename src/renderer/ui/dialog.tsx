// Opens a dialog with a form. Once the user has typed anything, only its buttons close it, so that Escape or an outside
// click loses no input.
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
