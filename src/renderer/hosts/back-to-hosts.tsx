// The link back to the list of hosts.
import { IconArrowLeft } from '@tabler/icons-react';
import { messages } from '../messages.ts';
import { TextLink } from '../ui/link.tsx';

export function BackToHosts() {
  return (
    <TextLink to="/hosts" c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {messages.hosts.page.back}
    </TextLink>
  );
}
