// Shows an error as a notification, if it has no place on the page.
import { notifications } from '@mantine/notifications';
import { IconX } from '@tabler/icons-react';
import { failureOf } from '../api.ts';
import { messages } from '../messages.ts';

export function notifyFailure(error: unknown): void {
  const { body } = failureOf(error);
  const { notConfirmed, notConfirmedText, unreachable, unreachableAdvice } = messages.failure;
  if (body === null) notifyProblem(unreachable, unreachableAdvice);
  else if (body.code === 'PROOF_REQUIRED') notifyProblem(notConfirmed, notConfirmedText);
  else notifyProblem(body.error, null);
}

export function notifyProblem(title: string, message: string | null): void {
  notifications.show({
    title,
    message,
    color: 'red',
    icon: <IconX size={18} aria-hidden />,
    autoClose: 10_000,
  });
}
