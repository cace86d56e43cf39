// The screens that the side bar and the command palette lead to.
import { IconInfoCircle, IconKey, IconWorldWww } from '@tabler/icons-react';
import { messages } from '../messages.ts';

const { nav } = messages.shell;

export const NAV_ENTRIES = [
  { to: '/projects', label: nav.projects, icon: IconWorldWww },
  { to: '/tokens', label: nav.tokens, icon: IconKey },
  { to: '/about', label: nav.about, icon: IconInfoCircle },
] as const;
