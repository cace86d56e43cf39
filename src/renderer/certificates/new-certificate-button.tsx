// The button to the page that requests a new certificate.
import { IconPlus } from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';

export function NewCertificateButton() {
  return (
    <LinkButton to="/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {messages.shell.newCertificate}
    </LinkButton>
  );
}
