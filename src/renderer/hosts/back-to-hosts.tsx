// The link back to the list of hosts.

import { IconArrowLeft } from '@tabler/icons-react';
import { hosts as hostTexts } from '../messages/hosts.ts';
import { TextLink } from '../ui/link.tsx';

export function BackToHosts() {
  return (
    <TextLink to="/hosts" c="dimmed" fz="sm" mb={4} className="back-link">
      <IconArrowLeft size={16} aria-hidden />
      {hostTexts.page.back}
    </TextLink>
  );
}
