// The button to the import page, beside "New certificate".
import { IconFolderDown } from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { LinkButton } from '../ui/link.tsx';

export function ImportButton() {
  return (
    <LinkButton to="/import" variant="default" leftSection={<IconFolderDown size={16} aria-hidden />}>
      {messages.shell.importCertificates}
    </LinkButton>
  );
}
